# Ends that are told: of what a loop or an `await` waits for, a branch at an `except`, and a line to which an exception is thrown.
import sys


class Ends:
    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration(3)


async def items():
    yield 1


async def waits():
    await Ends()
    async for item in items():
        pass


def silent():
    yield 1


def returning():
    yield 1
    return 2


def loops(made):
    for item in made:
        pass


def delegates():
    yield from returning()


def thrown():
    try: yield 1
    except ValueError: yield 2


def handles(item):
    try:
        1 / 0
    except ZeroDivisionError:
        return item in [1]


def trace(frame, event, arg):
    if event == "exception":
        arg = arg[0].__name__, str(arg[1])
    elif not isinstance(arg, int):
        arg = type(arg).__name__
    print(frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, arg)
    return trace


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


def throw():
    made = thrown()
    next(made)
    made.throw(ValueError)


def traced(what, *args):
    print("--")
    sys.settrace(trace)
    what(*args)
    sys.settrace(None)


traced(run, waits())
traced(loops, silent())
traced(loops, returning())
traced(loops, Ends())
traced(list, delegates())
traced(throw)
traced(next, delegates())

mon = sys.monitoring
mon.use_tool_id(3, "tool")
told = []
for name in ("BRANCH_LEFT", "BRANCH_RIGHT", "LINE"):
    mon.register_callback(3, getattr(mon.events, name), lambda code, *rest, name=name: told.append((name, code.co_name)))
for function in (handles, thrown):
    mon.set_local_events(3, function.__code__, mon.events.BRANCH_LEFT | mon.events.BRANCH_RIGHT | mon.events.LINE)
handles(1)
throw()
mon.free_tool_id(3)
print(told)


def merges(a):
    b = 2
    own = sys._getframe().f_locals
    print(own | {"a": 3}, {"a": 3} | own, own | own)
    own |= {"b": 4, "more": 5}
    print(a, b, own["more"])
    try:
        own | [("a", 1)]
    except TypeError as error:
        print(error)


merges(1)
