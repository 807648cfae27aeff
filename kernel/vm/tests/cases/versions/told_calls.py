# What tools of sys.monitoring hear of calls, and of branches that a callback for both ways leaves (the versions that have it).
import sys

mon = sys.monitoring
E = mon.events
T = 3
mon.use_tool_id(T, "listener")
told = []


def show(value):
    if value is mon.MISSING:
        return "MISSING"
    if value is None or isinstance(value, (int, str)):
        return repr(value)
    return getattr(value, "__qualname__", "") + ":" + type(value).__name__


for name in ("CALL", "C_RETURN", "C_RAISE"):
    mon.register_callback(
        T,
        getattr(E, name),
        lambda code, offset, *rest, name=name: told.append((name, code.co_name, *map(show, rest))) if code.co_name != "hear" else None,
    )


def hear(title, what):
    told.clear()
    error = ""
    mon.set_events(T, E.CALL)
    try:
        what()
    except Exception as raised:
        error = repr(raised)
    finally:
        mon.set_events(T, 0)
    print(title, error)
    for one in told:
        print("   ", *one)


class C:
    def m(self, *args, **kwargs):
        return 1

    @classmethod
    def k(cls):
        pass


class D(C):
    def m(self):
        return super().m(1)

    def two(self):
        return super(D, self).m

    def wrong(self):
        return super(1, self).m

    def missing(self):
        return super().nothing


def f(*args, **kwargs):
    pass


def items():
    yield 7
    yield 8


c = C()
bound = c.m
of_class = C.k
hear("a bound method", lambda: bound(1))
hear("with keywords", lambda: bound(1, x=2))
hear("with *", lambda: bound(*(1, 2)))
hear("with an empty *", lambda: bound(*()))
hear("a method", lambda: c.m(1))
hear("a method of a class", lambda: of_class())
hear("a function with *", lambda: f(*[5, 6]))
hear("with a generator", lambda: f(*items()))
hear("with **", lambda: f(**{"a": 1}))
hear("with * of a number", lambda: f(*3))
hear("a builtin function with *", lambda: len(*["abc"]))
hear("one that raises", lambda: len(*[3]))
hear("one with keywords", lambda: sorted([3, 1], reverse=True))
hear("a class with *", lambda: C(*()))
hear("a method of str", lambda: str.upper(*"a"))
hear("keywords alone", lambda: dict(a=1))
hear("super", D().m)
hear("super with arguments", D().two)
hear("super with a wrong one", D().wrong)
hear("super without the attribute", D().missing)


def leave(title, what, given, leaves=lambda goes_on: True, events=("BRANCH",)):
    told = []

    def branch(code, source, to):
        told.append((source, to))
        return mon.DISABLE if leaves(to - source < 10) else None

    mon.restart_events()
    for event in events:
        mon.register_callback(T, getattr(E, event), branch)
    mon.set_local_events(T, what.__code__, E.BRANCH)
    for value in given:
        what(value)
    mon.set_local_events(T, what.__code__, 0)
    print(title, told, mon.register_callback(T, getattr(E, events[0]), None) is branch)


def tests(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += 1
        else:
            total += 2
    return total


def goes_over(items):
    for item in items:
        last = item


def counts_down(n):
    while n:
        n -= 1


leave("a loop that ends first", tests, (0, 6, 0))
leave("a loop that goes on first", tests, (1, 6, 0))
leave("a loop over a tuple", goes_over, ((1, 2, 3), ()))
leave("a loop over a set", goes_over, (set(), {1, 2}, [3]))
leave("what is left when it goes on", goes_over, ((1, 2), (), (1,)), lambda goes_on: goes_on)
leave("what is left when it ends", goes_over, ((1, 2), (), (1,)), lambda goes_on: not goes_on)
leave("a test", counts_down, (0, 3, 0))
if hasattr(E, "BRANCH_LEFT"):
    leave("one way each", counts_down, (0, 3, 0), events=("BRANCH_LEFT", "BRANCH_RIGHT"))

profiled = []


def profile(frame, event, arg):
    if event.startswith("c_"):
        profiled.append((event, arg.__name__))


def native_calls():
    str.upper(*"a")
    len(*[[]])
    dict(a=1)
    sorted([1], key=None)


sys.setprofile(profile)
native_calls()
sys.setprofile(None)
print(profiled)
