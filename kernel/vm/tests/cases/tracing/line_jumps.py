# What a trace function may do with `frame.f_lineno`: the jumps that are made, and the words of those that are not.
import sys
import warnings

warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest: print("  warned:", category.__name__, message)


def jump(function, at, to, event="line"):
    """Has the function go on at line `to` when it comes to line `at`, both counted from its head."""
    said = []

    def trace(frame, told, arg):
        if frame.f_code is not function.__code__:
            return None
        here = frame.f_lineno - frame.f_code.co_firstlineno
        if told == event and here == at and not said:
            said.append(None)
            try:
                frame.f_lineno = frame.f_code.co_firstlineno + to if isinstance(to, int) else to
            except Exception as error:
                said.append(f"{type(error).__name__}: {error}")
        elif len(said) == 1:
            print("  then", told, here)
            said.append(None)
        return trace

    out = []
    sys.settrace(trace)
    try:
        result = function(out)
    except Exception as error:
        result = repr(error)
    finally:
        sys.settrace(None)
    print(function.__name__, event, at, to, said[1:2], out, result, sys.exc_info()[0])


def plain(out):
    out.append(1)
    x = 2
    out.append(3)
    return x


for args in [(1, 3), (3, 1), (1, 4), (1, 1), (1, 5), (1, -1), (1, "x"), (1, 2.0), (1, True), (1, None)]:
    jump(plain, *args)
jump(plain, 0, 3, "call")
jump(plain, 4, 1, "return")


def big(out):
    out.append(1)


jump(big, 1, 10**12)


def loops(out):
    out.append(1)
    for i in (1, 2):
        out.append(3)
        for j in (4, 5):
            out.append(j)
        out.append(6)
    out.append(7)


for args in [(1, 3), (3, 7), (5, 6), (5, 1), (5, 3), (6, 5), (7, 2), (1, 2), (4, 7)]:
    jump(loops, *args)


def handled(out):
    try:
        out.append(2)
        1 / 0
    except ZeroDivisionError as error:
        out.append(5)
        out.append(repr(sys.exc_info()[1]))
    except ValueError:
        out.append(8)
    finally:
        out.append(10)
    out.append(sys.exc_info()[1])


for args in [(2, 5), (5, 8), (6, 10), (6, 11), (6, 2), (10, 2), (2, 10), (2, 11), (4, 2), (4, 11), (11, 4), (11, 5)]:
    jump(handled, *args)
jump(handled, 3, 11, "exception")


class Manager:
    def __init__(self, out):
        self.out = out

    def __enter__(self):
        self.out.append("in")

    def __exit__(self, *args):
        self.out.append("out")


def managed(out):
    out.append(1)
    with Manager(out):
        out.append(3)
        out.append(4)
    out.append(5)


for args in [(3, 5), (1, 3), (5, 3), (3, 1), (3, 2), (2, 5)]:
    jump(managed, *args)


def generates(out):
    out.append(1)
    got = yield 2
    out.append(got)
    yield 4
    out.append(5)


def drive(at, to, event):
    said = []

    def trace(frame, told, arg):
        if frame.f_code is not generates.__code__:
            return None
        here = frame.f_lineno - frame.f_code.co_firstlineno
        if told == event and here == at and not said:
            said.append("jumped")
            try:
                frame.f_lineno = frame.f_code.co_firstlineno + to
            except Exception as error:
                said.append(f"{type(error).__name__}: {error}")
        return trace

    out = []
    sys.settrace(trace)
    try:
        made = list(generates(out))
    finally:
        sys.settrace(None)
    print("generates", event, at, to, said, out, made)


for args in [(1, 4, "line"), (2, 5, "return"), (2, 1, "return"), (2, 5, "call"), (3, 1, "line"), (2, 3, "line"), (4, 2, "return"), (4, 1, "call")]:
    drive(*args)


def unbound(out):
    out.append(1)
    a = b = 2
    out.append(3)
    return a


jump(unbound, 1, 3)


def one(out):
    a = 1
    return a


jump(one, 1, 2)
warnings.simplefilter("error")
jump(one, 1, 2)
warnings.simplefilter("always")


def groups(out):
    try:
        raise ExceptionGroup("g", [ValueError(1)]) if sys.version_info >= (3, 11) else ValueError(1)
    except Exception:
        out.append(4)
        raise
    out.append(6)


for args in [(4, 6), (2, 4), (5, 6), (4, 2)]:
    jump(groups, *args)


def closes(out):
    x = 1
    def inner():
        return x
    out.append(inner())
    x = 5
    return inner()


for args in [(1, 4), (4, 6), (5, 1), (4, 5)]:
    jump(closes, *args)


def endless(out):
    out.append(1)
    while True:
        out.append(3)
        if len(out) > 3:
            return out
    out.append(6)


for args in [(3, 6), (1, 3), (5, 1), (3, 1)]:
    jump(endless, *args)


def deep(out):
    for a in [1]:
        for b in [1]:
            for c in [1]:
                for d in [1]:
                    for e in [1]:
                        for f in [1]:
                            for g in [1]:
                                for h in [1]:
                                    for i in [1]:
                                        for j in [1]:
                                            for k in [1]:
                                                for l in [1]:
                                                    for m in [1]:
                                                        for n in [1]:
                                                            for o in [1]:
                                                                for p in [1]:
                                                                    for q in [1]:
                                                                        for r in [1]:
                                                                            for s in [1]:
                                                                                out.append(1)
                                                                                out.append(2)
    out.append(3)


for args in [(20, 21), (20, 22), (20, 10), (19, 22)]:
    jump(deep, *args)

try:
    sys._getframe().f_lineno = 1
except ValueError as error:
    print(error)
try:
    del sys._getframe().f_lineno
except Exception as error:
    print(type(error).__name__, error)


for skip in range(4):
    def profiled(frame, event, arg, left=[skip]):
        if frame.f_code is plain.__code__:
            left[0] -= 1
            if left[0] == -1:
                try:
                    frame.f_lineno = frame.f_lineno
                except Exception as error:
                    print("profile", event, type(error).__name__, error)

    sys.setprofile(profiled)
    plain([])
    sys.setprofile(None)


def opcodes(frame, event, arg):
    frame.f_trace_opcodes = True
    if event == "opcode" and not seen:
        seen.append(1)
        try:
            frame.f_lineno = frame.f_lineno
        except Exception as error:
            print(event, type(error).__name__, error)
    return opcodes


seen = []
sys.settrace(opcodes)
plain([])
sys.settrace(None)


def ends(frame, event, arg):
    if frame.f_code is loops_over.__code__ and event == "exception":
        try:
            frame.f_lineno = frame.f_lineno
        except Exception as error:
            print(event, type(error).__name__, error)
    return ends


def loops_over(made):
    for i in made:
        pass


class Ends:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration


sys.settrace(ends)
loops_over(Ends())
sys.settrace(None)
