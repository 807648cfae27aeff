# What classes and objects measure.
import collections
import functools
import itertools
import sys
import types
import weakref

CLASSES = [
    *(object, int, bool, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset, range, slice, type, super),
    *(map, filter, zip, enumerate, reversed, property, staticmethod, classmethod, memoryview),
    *(BaseException, ValueError, OSError, ImportError, SyntaxError, StopIteration, SystemExit, NameError, AttributeError, UnicodeDecodeError),
    *(types.FunctionType, types.MethodType, types.CodeType, types.FrameType, types.TracebackType, types.ModuleType, types.CellType),
    *(types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, types.SimpleNamespace, types.GenericAlias),
    *(collections.deque, collections.OrderedDict, collections.defaultdict, functools.partial, weakref.ref),
    *(itertools.chain, itertools.cycle, itertools.accumulate, itertools.groupby, itertools.pairwise, itertools.islice),
]
for one in CLASSES:
    print(one.__name__, one.__basicsize__)


class Plain:
    pass


class Slots:
    __slots__ = ('a', 'b')


class Weak:
    __slots__ = ('a', '__weakref__')


class Text(str):
    pass


class Items(list):
    pass


class Table(dict):
    pass


class Wrong(ValueError):
    pass


for one in [Plain, Slots, Weak, Text, Items, Table, Wrong]:
    print(one.__name__, one.__basicsize__, sys.getsizeof(one()), one().__sizeof__())


class Many:
    def __init__(self, n):
        for i in range(n):
            setattr(self, f'name{i}', i)


print([sys.getsizeof(Plain().__dict__), sys.getsizeof(vars(Many(3))), sys.getsizeof(vars(Many(5)))])
print(list(vars(Plain)))
print(id(Plain()) == id(Plain()), id(Slots()) == id(Slots()), id([]) == id([]))
for names in ['is_integer', 'from_number']:
    print(names, hasattr(int, names), hasattr(float, names))
print(hasattr(bytes, '__bytes__'), hasattr(complex, '__complex__'), hasattr(bytearray, 'resize'), hasattr(itertools, 'batched'))
import builtins
print(hasattr(builtins, 'ExceptionGroup'), hasattr(builtins, 'PythonFinalizationError'))
import contextlib, traceback
print(len(traceback.format_exception(ValueError('text'))))
