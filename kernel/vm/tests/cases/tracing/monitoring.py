# What tools of sys.monitoring hear.
import sys

mon = sys.monitoring
E = mon.events
TOOL = 3
NAMES = {getattr(E, name): name for name in dir(E) if not name.startswith("_") and name not in ("NO_EVENTS", "BRANCH")}


def show(value):
    if isinstance(value, (int, str, tuple)) or value is None:
        return repr(value)
    if value is mon.MISSING:
        return "MISSING"
    return getattr(value, "__name__", None) or type(value).__name__


def listen(events, local=None):
    told = []
    for event, name in NAMES.items():
        mon.register_callback(TOOL, event, lambda code, *rest, name=name: told.append((name, code.co_name, [show(item) for item in rest])))
    mon.set_events(TOOL, events)
    return told


def hear(title, events, what):
    told = listen(events)
    try:
        what()
    except Exception as error:
        print("raised", type(error).__name__)
    finally:
        mon.set_events(TOOL, 0)
    print(title)
    for name, code, rest in told:
        if code not in ("hear", "listen"):
            print("   ", name, code, *rest)


def add(a, b):
    return a + b


def loop(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
        else:
            total = add(total, i)
    while total > 2:
        total -= 2
    return total


def counts():
    yield 1
    yield 2
    return 3


def all_of(items):
    out = []
    for item in items:
        out.append(item)
    return out


def delegate():
    return (yield from counts())


def wrong():
    try:
        int("x")
    except ValueError:
        pass
    try:
        raise KeyError(1)
    finally:
        add(1, 2)


def cleaned():
    try:
        wrong()
    except KeyError as error:
        return len(error.args)


def throws():
    g = counts()
    next(g)
    try:
        g.throw(OSError("out"))
    except OSError:
        return "caught"


mon.use_tool_id(TOOL, "listener")
print(mon.get_tool(TOOL), mon.get_events(TOOL))
hear("starts and ends", E.PY_START | E.PY_RETURN, lambda: loop(3))
hear("lines", E.LINE, lambda: loop(3))
hear("jumps", E.JUMP, lambda: loop(5))
hear("branches", E.BRANCH_LEFT | E.BRANCH_RIGHT, lambda: loop(2))
hear("calls", E.CALL, lambda: (add(1, 2), len("abc"), [].append(1), print()))
hear("generators", E.PY_START | E.PY_RESUME | E.PY_YIELD | E.PY_RETURN, lambda: list(counts()))
hear("a loop over a generator", E.PY_YIELD | E.STOP_ITERATION, lambda: all_of(counts()))
hear("delegates", E.PY_RESUME | E.PY_YIELD | E.PY_RETURN, lambda: all_of(delegate()))
hear("errors", E.RAISE | E.RERAISE | E.EXCEPTION_HANDLED | E.PY_UNWIND, cleaned)
hear("an error that nobody handles", E.RAISE | E.PY_UNWIND, wrong)
hear("thrown", E.PY_THROW | E.PY_UNWIND, throws)

# What a callback need not hear again.
heard = []


def once(code, line):
    heard.append(line - code.co_firstlineno)
    return mon.DISABLE


mon.register_callback(TOOL, E.LINE, once)
mon.set_events(TOOL, E.LINE)
loop(3)
loop(3)
n = len(heard)
mon.restart_events()
loop(3)
mon.set_events(TOOL, 0)
print("disabled", n, [line for line in heard if line < 10])

# One code object alone.
heard = []
mon.register_callback(TOOL, E.PY_START, lambda code, offset: heard.append(code.co_name))
mon.set_local_events(TOOL, add.__code__, E.PY_START)
loop(3)
print("local", heard, mon.get_local_events(TOOL, add.__code__) == E.PY_START, mon.get_events(TOOL))
mon.set_local_events(TOOL, add.__code__, 0)
loop(3)
print("local", heard)


# What is refused.
def refused(what, *args):
    try:
        print(what.__name__, what(*args))
    except Exception as error:
        print(what.__name__, type(error).__name__, error)


refused(mon.use_tool_id, TOOL, "another")
refused(mon.use_tool_id, 9, "another")
refused(mon.set_events, 4, E.LINE)
refused(mon.set_events, TOOL, 1 << 30)
refused(mon.set_events, TOOL, E.C_RETURN)
refused(mon.set_local_events, TOOL, add.__code__, E.RAISE)
refused(mon.register_callback, TOOL, E.LINE | E.JUMP, print)
print(mon.register_callback(TOOL, E.LINE, None) is once)
mon.register_callback(TOOL, E.RAISE, lambda *args: mon.DISABLE)
mon.set_events(TOOL, E.RAISE)
refused(wrong)
mon.set_events(TOOL, 0)


def angry(*args):
    mon.set_events(TOOL, 0)
    raise RuntimeError("from a callback")


mon.register_callback(TOOL, E.PY_START, angry)
mon.set_events(TOOL, E.PY_START)
try:
    add(1, 2)
except RuntimeError as error:
    print(error)
mon.free_tool_id(TOOL)
print(mon.get_tool(TOOL))
