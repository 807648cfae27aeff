# Line, call, return and exception events, as CPython tells them.
import sys

log = []


def tracer(frame, event, arg):
    code = frame.f_code
    if event == "exception":
        arg = arg[0].__name__, str(arg[1]), arg[2] is not None
    elif event in ("call", "line"):
        assert arg is None
    if event == "return" and not isinstance(arg, (int, str, list, tuple, dict, type(None))):
        arg = type(arg).__name__
    line = frame.f_lineno and frame.f_lineno - code.co_firstlineno
    log.append((code.co_name, event, line, arg))
    return tracer


def show(f, *args):
    log.clear()
    print("==", f.__name__)
    sys.settrace(tracer)
    try:
        f(*args)
    except Exception as e:
        sys.settrace(None)
        print("raised", type(e).__name__)
    sys.settrace(None)
    for entry in log:
        if entry[0] != "show":
            print(*entry)


def straight(n):
    a = n
    b = (a +
         n)
    return b


def loop(n):
    total = 0
    for i in range(n):
        total += i
    else:
        total -= 1
    return total


def oneline(n):
    while n: n -= 1
    for x in range(2): pass
    return [i for i in range(2)]


def whiles(n):
    while n > 0:
        if n == 2:
            n -= 1
            continue
        n -= 1
    return n


def add(a, b):
    return a + b


def calls():
    return add(
        add(1, 2),
        add(3,
            4),
    )


def raises():
    x = 1
    raise ValueError(x)


def handles():
    try:
        raises()
    except TypeError:
        pass
    except ValueError as e:
        y = 2
    finally:
        z = 3
    return 7


def through():
    raises()
    return 1


def gen(n):
    for i in range(n):
        got = yield i
    return "end"


def uses_gen():
    for x in gen(2):
        y = x
    g = gen(3)
    next(g)
    g.send(5)
    try:
        g.throw(KeyError("k"))
    except KeyError:
        pass
    h = gen(1)
    next(h)
    h.close()
    return list(gen(1))


def delegating():
    result = yield from gen(2)
    return result


def uses_delegating():
    return list(delegating())


class Thing:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    @property
    def twice(self):
        return self.n * 2

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return True

    def __iter__(self):
        return iter([1])


def protocols():
    t = Thing(3)
    len(t)
    t.twice
    with t as u:
        raise KeyError
    sorted([2, 1], key=lambda v: -v)
    list(map(lambda v: v + 1, [1]))
    for x in t:
        pass


def makes_class():
    class Inner:
        x = 1

        def method(self):
            return 2

    return Inner().method()


def comprehensions():
    a = [x for x in (1, 2)]
    b = {x: x
         for x in (1,)}
    c = list(x for x in (1, 2))
    return a, b, c


def nested_try():
    try:
        try:
            1 / 0
        finally:
            a = 1
    except ZeroDivisionError:
        b = 2
    return b


def matches(v):
    match v:
        case 1:
            r = "one"
        case [x, y]:
            r = "two"
        case _:
            r = "other"
    return r


def conditional(a, b):
    r = (a and
         b or
         a)
    if a:
        pass
    else:
        r = 2
    assert a
    return r if b else a


def closure():
    n = 1

    def inner():
        nonlocal n
        n += 1
        return n
    return inner() + inner()


async def coro(n):
    return n


async def outer_coro():
    a = await coro(1)
    return a + await coro(2)


def drives():
    c = outer_coro()
    try:
        c.send(None)
    except StopIteration as e:
        return e.value


def sized():
    s = 1
    del s
    global zz
    zz = 1
    x: int = 1
    try:
        undefined_name
    except NameError:
        return 5


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if not self.n:
            raise StopIteration
        self.n -= 1
        return self.n


def counts():
    for n in Countdown(1):
        pass
    return list(Countdown(1))


for f, *args in ((counts,), (straight, 2), (loop, 2), (oneline, 2), (whiles, 3), (calls,), (handles,), (through,), (uses_gen,), (uses_delegating,),
                 (protocols,), (makes_class,), (comprehensions,), (nested_try,), (matches, [1, 2]), (matches, 5), (conditional, 1, 0),
                 (closure,), (drives,), (sized,)):
    show(f, *args)
