# What every random program begins with.
import collections, contextlib, functools, gc, itertools, sys, types, warnings, weakref

class Node:
    def __init__(self, x=None):
        self.x = x
    def me(self):
        return self

class Slotted:
    __slots__ = ('x', 'y', '__weakref__')

class Bag(list):
    pass

class Book(dict):
    pass

class Mourned:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print('dies:', self.name)

class Phoenix:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print('rises:', self.name)
        ashes.append(self)

class Loud:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print('refuses:', self.name)
        raise ValueError(self.name)

class Held(contextlib.ContextDecorator):
    def __init__(self, x):
        self.x = x
    def __enter__(self):
        return self.x
    def __exit__(self, *how):
        return False

def heard(name):
    def callback(ref):
        print('heard:', name, ref() is None)
    return callback

def keeper(x):
    def inner(y=None):
        nonlocal x
        x, y = y, x
        return y
    return inner

def walk(x):
    try:
        got = yield x
        yield got
        yield x
    finally:
        print('walk ends')

async def later(x):
    await Ready(x)
    return x

class Ready:
    def __init__(self, x):
        self.x = x
    def __await__(self):
        yield self.x

def fail(x):
    kept = [x]
    raise ValueError(x)

def facts(names):
    for name in 'abcdef':
        if name in names:
            value = names[name]
            print(name, type(value).__name__, sys.getrefcount(value), gc.is_tracked(value), end='; ')
    print()

def kinds(things):
    return sorted(type(thing).__name__ for thing in things)

def told(error):
    text = str(error)
    print(type(error).__name__, text if len(text) < 200 else len(text))

ashes = []
unraisable = lambda hook: print('ignored:', type(hook.exc_value).__name__)
sys.unraisablehook = unraisable
warnings.simplefilter("ignore")
gc.collect()
gc.disable()
