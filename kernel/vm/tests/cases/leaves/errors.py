e = ValueError(1)
print(e.__dict__, BaseException.__dict__['__dict__'])
e.x = 1
print(e.__dict__, vars(e))
e.__dict__ = {'y': 2}
print(e.y)
try: e.__dict__ = 3
except Exception as f: print(type(f).__name__, f)
try: del e.__dict__
except Exception as f: print(type(f).__name__, f)
class E(Exception): pass
f = E(); f.z = 1; print(vars(f), '__dict__' in E.__dict__, [name for name in BaseException.__dict__ if name[0] != "_"])
print(sorted(dir(e))[:4])
import gc
def g():
    try: 1/0
    except Exception as err: x = err
g(); print(gc.collect())
class Slotted:
    __slots__ = ("x",)
Slotted.__module__ = "elsewhere"
class Empty: pass
def tried(work):
    try: work()
    except Exception as error: print(type(error).__name__, error)
def delete(holder, key):
    del holder[key]
tried(lambda: Slotted().x)
tried(lambda: {Slotted: 1}[[]])
tried(lambda: delete(Empty(), 0))
tried(lambda: delete(Empty(), "k"))
tried(lambda: delete((1,), "k"))
tried(lambda: delete((1,), 0))
tried(lambda: delete(5, 0))
import collections.abc, weakref
class Anything(collections.abc.Mapping):
    def __getitem__(self, key): raise KeyError(key)
    def __iter__(self): return iter(())
    def __len__(self): return 0
for turn in range(3):
    match Anything():
        case {"k": x}: print("found")
        case _: print("not found")
class BadName:
    @property
    def __name__(self): raise ZeroDivisionError("asked")
tried(lambda: repr(weakref.ref(BadName)) and repr(weakref.ref(keep)))
keep = BadName()
tried(lambda: repr(weakref.ref(keep)))

# A text in an error whose `__str__` takes the error's object away.
class Taking(str):
    def __str__(self):
        take(error)
        return self


def take(error):
    error.object = None


for _ in range(2):
    for made, data in (UnicodeEncodeError, "x"), (UnicodeDecodeError, b"x"):
        for encoding, reason in (Taking("utf-8"), "r"), ("utf-8", Taking("r")):
            error = made(encoding, data, 0, 1, reason)
            try:
                print(str(error))
            except TypeError as raised:
                print(made.__name__, raised)
    error = UnicodeTranslateError("x", 0, 1, Taking("r"))
    try:
        print(str(error))
    except TypeError as raised:
        print(type(error).__name__, raised)

    def take(error):
        del error.object


error = UnicodeEncodeError("a", "b", 0, 1, "c")
del error.object
print(repr(str(error)), error.object, error.start)

# A syntax error that is made anew forgets what it was not told.
error = SyntaxError("old", ("file.py", 1, 2, "text", 2, 3))
error.__init__("new", ("new.py", 2, 3, "more"))
print(error.msg, error.filename, error.lineno, error.offset, error.text, error.end_lineno, error.end_offset)
