# Doc strings and signatures of what CPython writes in C.
import collections
import functools
import gc
import inspect
import itertools
import math
import sys
import weakref


class Plain:
    pass


class Stack(list):
    pass


def first(obj):
    doc = obj.__doc__
    return doc.strip().splitlines()[0] if isinstance(doc, str) else doc and type(doc).__name__


for module in (gc, math, itertools, weakref):
    print(module.__name__, "│", first(module))
for function in (len, print, gc.collect, sys.getrefcount, math.hypot, functools.cmp_to_key, [].append, {}.get, "".join, int.from_bytes):
    print(function.__qualname__, inspect.signature(function) if function.__text_signature__ else None, "│", first(function))
for method in (list.sort, dict.setdefault, str.split, object.__init__, list.__len__, collections.deque.rotate, dict.fromkeys, str.maketrans):
    print(method.__qualname__, "│", first(method))
for attribute in (property.fget, type.__dict__["__dict__"], slice.start, BaseException.__dict__["__cause__"], collections.defaultdict.default_factory):
    print(attribute.__name__, "│", first(attribute))
for cls in (object, list, dict, collections.deque, weakref.ref, ValueError, map, type(len), type(gc), itertools.count, Plain, Stack):
    print(cls.__name__, cls.__text_signature__, "│", first(cls))

# What has a class without words of its own has none; what is builtin has its class's.
print(Plain().__doc__, Stack().__doc__, first(5), first([]), first(ValueError()), first(Plain.__init__), first(Stack().append))
for _ in range(100):
    docs = [math.__doc__, (5).__doc__, list.__doc__]
print([doc is None for doc in docs], len.__doc__ == len.__doc__, sys.getrefcount(len.__doc__))
print(inspect.getdoc(len), inspect.getdoc(Stack.append), sep="\n")
print(inspect.signature(list), inspect.signature(object), inspect.signature(enumerate), inspect.signature(property))
try:
    list.__doc__ = "mine"
except TypeError as error:
    print(error)

# A builtin class's own dict has its text, too.
for look in (
    lambda: vars(list)["__doc__"],
    lambda: dict.__dict__.get("__doc__"),
    lambda: dict(vars(tuple))["__doc__"],
    lambda: dict(vars(set).items())["__doc__"],
    lambda: vars(frozenset).copy()["__doc__"],
    lambda: (vars(int) | {})["__doc__"],
    lambda: vars(type(iter([])))["__doc__"],
):
    print(repr(look())[:60])

# Signatures of codecs, iterators, streams and what is static.
import _codecs
import _io
import itertools
import types
import weakref

print([function.__text_signature__ for name, function in sorted(vars(_codecs).items()) if name.endswith(("_encode", "_decode")) and not name.startswith(("escape", "utf_7")) and "_ex_" not in name])
for cls in type(iter(b"")), type(iter("")), _io._RawIOBase, _io._BufferedIOBase, _io._TextIOBase, _io.BufferedRWPair, types.MethodDescriptorType, weakref.ProxyType:
    own = sorted((name, getattr(cls, name).__text_signature__) for name, method in vars(cls).items() if type(method).__name__ == "method_descriptor")
    print(cls.__name__, own)
print([cls.__text_signature__ for cls in (_io.BufferedReader, _io.BufferedWriter, _io.BufferedRandom, _io.StringIO)])
print(str.maketrans.__text_signature__, bytes.maketrans.__text_signature__, itertools.chain.__class_getitem__.__text_signature__)
