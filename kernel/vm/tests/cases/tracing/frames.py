# What a frame lets others set, and its variables through `f_locals`.
import sys


def ask(title, what, *args, **kwargs):
    try:
        print(title, repr(what(*args, **kwargs)))
    except Exception as error:
        print(title, type(error).__name__, error)


def running():
    x, y = 1, 2
    return sys._getframe()


frame = running()
for name in "f_trace_lines", "f_trace_opcodes":
    ask(name, setattr, frame, name, 1)
    ask(name, delattr, frame, name)
    ask(name, getattr, frame, name)
    ask(name, setattr, frame, name, False)
    ask(name, getattr, frame, name)

Proxy = type(frame.f_locals)
print(Proxy.__name__)
ask("of a frame", Proxy, frame)
ask("of nothing", Proxy)
ask("of a number", Proxy, 123)
ask("by keyword", Proxy, frame=frame)
ask("of two", Proxy, frame, frame)
ask("with a keyword", Proxy, frame, x=1)
proxy = frame.f_locals
ask("reversed", reversed, proxy)
ask("pop", proxy.pop, "x")
ask("pop with a default", proxy.pop, "x", None)
ask("pop of what is not there", proxy.pop, "q")
ask("with a default", proxy.pop, "q", 3)
ask("update", proxy.update, [1, 2])
ask("update with nothing", proxy.update)
ask("update with a dict", proxy.update, {"x": 5, "more": 6})
print(proxy)


def added():
    x = 1
    sys._getframe().f_locals["y"] = 2
    return sorted(locals().items())


ask("names that were added", added)
