# Who is blamed, what filters decide, and who shows it; and what is warned of when it dies without having been awaited.
import linecache
import sys
import types
import warnings

sys.stderr = sys.stdout
# The text of the lines is not told: this file may be none.
linecache.getline = lambda *args: ""


def f(level):
    warnings.warn("from f", stacklevel=level)


def g(level):
    f(level)


def tried(what, *args, **kwargs):
    try:
        print(what(*args, **kwargs))
    except (Exception, Warning) as error:
        print(type(error).__name__, error)


g(1)
g(2)
g(3)
g(1)
print(sorted(map(str, __warningregistry__)))
for action in "always", "default", "module", "once", "ignore", "error":
    print("--", action)
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        for i in range(3):
            tried(warnings.warn, f"number {i % 2}", DeprecationWarning)
        tried(warnings.warn_explicit, "there", UserWarning, "elsewhere.py", 7)

print("-- what is wrong")
tried(warnings.warn, "text", int)
tried(warnings.warn, "text", 3)
tried(warnings.warn)
tried(warnings.warn, "text", skip_file_prefixes=["a"])
tried(warnings.warn, "text", skip_file_prefixes=(1,))
tried(warnings.warn_explicit, "text", UserWarning, "x.py", "y")
tried(warnings.warn_explicit, "text", UserWarning, "x.py", 1, registry=[])
tried(warnings.warn_explicit, "text", UserWarning, "x.py", 1, module_globals=3)
tried(warnings.warn, UserWarning("made"))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("kept", FutureWarning)
    warnings.warn_explicit("there", UserWarning, "elsewhere.py", 7, module="m", source=tried)
print([(str(w.message), w.category.__name__, w.lineno, w.source and w.source.__name__) for w in caught])

print("-- filters in the place of the module's own")
filters = warnings.filters
with warnings.catch_warnings():
    tried(warnings._filters_mutated_lock_held)
    warnings.filters = [("error", None, UserWarning, None, 0)]
    with warnings._lock:
        warnings._filters_mutated_lock_held()
    tried(warnings.warn, "changed")
    warnings.filters = [("error",)]
    tried(warnings.warn, "changed")
    warnings.filters = 3
    tried(warnings.warn, "changed")

print("-- syntax")
with warnings.catch_warnings():
    warnings.simplefilter("error")
    for text in "x = 1 is 1", "assert (1, 'x')", "x = '\\d'", "1()", "def f():\n  try: pass\n  finally:\n    return 1":
        try:
            compile(text, "file.py", "exec")
        except SyntaxError as error:
            print(error.args, error.text)
exec("x = 1 is 1")

print("-- not awaited")
warnings.simplefilter("always")


async def work():
    pass


async def numbers():
    yield 1


def forgets():
    work()


forgets()
n = numbers()
n.asend(None)
n.athrow(ValueError)
n.aclose()
n.__anext__()
sys.set_coroutine_origin_tracking_depth(2)
forgets()
sys.set_coroutine_origin_tracking_depth(0)
c = work()
c.cr_frame.clear()
c.close()
own = warnings._warn_unawaited_coroutine
warnings._warn_unawaited_coroutine = lambda coro: print("told of", coro.__name__)
forgets()
del warnings._warn_unawaited_coroutine
forgets()
warnings._warn_unawaited_coroutine = own
tried(sys.set_coroutine_origin_tracking_depth, -1)

print("-- frames of what is thrown")


def names():
    frame, found = sys._getframe(1), []
    while frame:
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


def inner():
    try:
        yield names()
    except RuntimeError:
        yield names()


def outer():
    yield from inner()


class Thrown:
    def __iter__(self):
        return self

    def __next__(self):
        return names()

    def throw(self, error):
        return names()


def own():
    yield from Thrown()


for made in outer(), own():
    print(next(made), made.throw(RuntimeError()))


def suspended():
    yield 1


s = suspended()
next(s)
tried(s.gi_frame.clear)
s = suspended()
s.gi_frame.clear()
print(s.gi_frame, list(s))
n.__name__, n.__qualname__ = "other", "the.other"
print(n.__name__, n.__qualname__)

# Who tells the text of a line: the loader that a module's globals name.
import types

for globals_ in (
    {},
    {"__loader__": None},
    {"__spec__": None},
    {"__loader__": None, "__spec__": None},
    {"__spec__": types.SimpleNamespace(loader=None)},
    {"__spec__": types.SimpleNamespace()},
    {"__loader__": 1},
    {"__loader__": 1, "__spec__": None},
    {"__loader__": 1, "__spec__": types.SimpleNamespace()},
    {"__loader__": 1, "__spec__": types.SimpleNamespace(loader=2)},
    {"__loader__": 1, "__spec__": types.SimpleNamespace(loader=1)},
    {"__spec__": types.SimpleNamespace(loader=1)},
):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            warnings.warn_explicit("eggs", UserWarning, "bar", 1, module_globals={"__name__": "bar", **globals_})
        except Exception as error:
            print(type(error).__name__, error, end=" ")
        print([(warning.category.__name__, str(warning.message)) for warning in caught])
