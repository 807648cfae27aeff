# Local trace functions, profiles, opcodes, and what happens when a trace function raises.
import sys


def work(n):
    total = 0
    for i in range(n):
        total += abs(-i)
    return sorted([total, 1], key=lambda v: v)


def fails():
    return int("x")


def profiler(frame, event, arg):
    name = frame.f_code.co_name
    if event.startswith("c_"):
        arg = arg.__name__
    if name != "<module>":
        print("profile", name, event, frame.f_lineno - frame.f_code.co_firstlineno, arg)


sys.setprofile(profiler)
assert sys.getprofile() is profiler
work(2)
try:
    fails()
except ValueError:
    pass
[].append(1)
"".join(["a"])
max(*[1, 2])
print(end="")
sys.setprofile(None)
assert sys.getprofile() is None


def call_only(frame, event, arg):
    print("global", frame.f_code.co_name, event)
    if frame.f_code.co_name == "work":
        return local


def local(frame, event, arg):
    print("local", event, frame.f_lineno - frame.f_code.co_firstlineno, sorted(frame.f_locals))
    if event == "line" and frame.f_lineno - frame.f_code.co_firstlineno == 3:
        return other
    return None


def other(frame, event, arg):
    print("other", event, frame.f_lineno - frame.f_code.co_firstlineno)


sys.settrace(call_only)
assert sys.gettrace() is call_only
work(1)
try:
    fails()
except ValueError:
    pass
sys.settrace(None)
assert sys.gettrace() is None


def bad(frame, event, arg):
    raise RuntimeError("no")


sys.settrace(bad)
try:
    work(1)
except RuntimeError as e:
    print("raised", e, sys.gettrace())


def bad_line(frame, event, arg):
    if event == "line" and frame.f_lineno - frame.f_code.co_firstlineno == 2:
        raise RuntimeError("line")
    return bad_line


sys.settrace(bad_line)
try:
    work(1)
except RuntimeError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno)
        tb = tb.tb_next
    print(sys.gettrace())


def no_lines(frame, event, arg):
    frame.f_trace_lines = False
    print(event, frame.f_code.co_name)
    return no_lines


sys.settrace(no_lines)
work(2)
sys.settrace(None)


def opcodes(frame, event, arg):
    if frame.f_code.co_name != "tiny":
        return
    frame.f_trace_opcodes = True
    print(event, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti)
    return opcodes


def tiny(n):
    n = n + 1
    return n


sys.settrace(opcodes)
tiny(1)
sys.settrace(None)


# A frame that traces itself from the middle on.
def from_here():
    frame = sys._getframe()
    frame.f_trace = seen
    sys.settrace(seen)
    a = 1
    b = 2
    sys.settrace(None)
    c = 3
    return c


def seen(frame, event, arg):
    if frame.f_code.co_name == "from_here":
        print("seen", event, frame.f_lineno - frame.f_code.co_firstlineno)
    return seen


print(from_here())


# Changing variables from a trace function.
def changes(frame, event, arg):
    if frame.f_code.co_name == "victim" and event == "line" and "x" in frame.f_locals:
        frame.f_locals["x"] = 99
    return changes


def victim():
    x = 1
    y = x
    return y


sys.settrace(changes)
result = victim()
sys.settrace(None)
print(result)

