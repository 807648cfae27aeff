# What a class body and `except*` make for the time of a call: how far the young count moves the first time, when no free list has
# anything, and later.
import gc

count = gc.get_count
gc.disable()

def class_body():
    seen = {}
    def body():
        seen['x'] = count()[0]
    before = count()[0]
    __build_class__(body, 'body')
    return seen['x'] - before

def class_with_a_base():
    before = count()[0]
    class Made(Exception):
        now = count()[0]
    return Made.now - before

def naked_exception():
    before = count()[0]
    try:
        raise ValueError(1)
    except* ValueError:
        pass
    return count()[0] - before

def split_group():
    before = count()[0]
    try:
        raise ExceptionGroup('some', [ValueError(1), TypeError(2)])
    except* ValueError:
        pass
    except* TypeError:
        pass
    return count()[0] - before

for run in class_body, class_with_a_base, naked_exception, split_group:
    run()
    run()
    gc.collect()
    print(run.__name__, run(), run())

#  is not asked for a rest that nobody wants.
# A class body runs as the very function that was made of it.
import sys
made = []
def body():
    made.append(sys._getframe().f_generator is None)
    made.append(sys.getrefcount(body))
__build_class__(body, 'body')
print(made)

# When every part was handled, no rest is derived.
class Own(ExceptionGroup):
    def derive(self, members):
        print('derive', len(members))
        return Own(self.message, members)
try:
    raise Own('own', [ValueError(1), TypeError(2)])
except* ValueError:
    print('one')
except* TypeError:
    print('two')

# What calls of builtin classes refuse, and what makes something else of them.
import collections
import types


def refused(what, *args):
    try:
        print(what(*args))
    except Exception as error:
        print(type(error).__name__, error)


for name in "A\udcdcB", "A\0B", "A\0\udcdc":
    refused(type, name, (), {})
    refused(setattr, type("C", (), {}), "__name__", name)
refused(type, "C", (), {"__doc__": "x\udcdcy"})
code = (lambda: 1).__code__
refused(types.FunctionType, code, {}, "f", None, None, 3)
refused(types.FunctionType, code, {}, "f", 1, None, {})


class Space(types.SimpleNamespace):
    def __new__(cls, *args, **kwargs):
        return 12345 if made else super().__new__(cls)


made = False
space = Space()
made = True
refused(space.__replace__)
print(types.CapsuleType.__name__)

# Iterators name the builtin functions that the running code sees.
for builtins in types.MappingProxyType({}), types.MappingProxyType({"iter": 2}), {"iter": 3}:
    refused(eval, "x.__reduce__()", {"__builtins__": builtins, "x": iter([1, 2])})

# An item in another's place is no change of a deque.
row = collections.deque([1, 2, 3])
walk = iter(row)
next(walk)
row[1] = 5
print(next(walk))
del row[0]
refused(next, walk)

# The body of a module as a function: its names are the globals.
body = compile("first = 7\nsecond = first + 1\n__import__('sys')", "body", "exec")
namespace = {}
print(types.FunctionType(body, namespace)(), sorted(name for name in namespace if name[0] != "_"))
namespace = {}
print(types.FunctionType(body, namespace)(*[]), sorted(name for name in namespace if name[0] != "_"))

# Code with the places of other code, or with none.
def nowhere():
    1 / 0


def elsewhere():
    11 / 0


for table in b"\xf8\xf8\xf8\xf9\xf8\xf8\xf8", elsewhere.__code__.co_linetable:
    nowhere.__code__ = nowhere.__code__.replace(co_linetable=table)
    try:
        nowhere()
    except ZeroDivisionError as error:
        print(error.__traceback__.tb_next.tb_lineno, sorted(set(nowhere.__code__.co_positions()), key=repr))
