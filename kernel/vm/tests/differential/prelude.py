# What every random program begins with.
import atexit, collections, contextlib, copy, functools, gc, itertools, keyword, sys, types, warnings, weakref

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

class Sweeper:
    def __del__(self):
        print('sweeps:', gc.collect())
        ashes.append(weakref.ref(self, heard('sweeper')))

class Held(contextlib.ContextDecorator):
    def __init__(self, x):
        self.x = x
    def __enter__(self):
        return self.x
    def __exit__(self, *how):
        return False

class Meta(type):
    def __call__(cls, *args):
        return super().__call__()

class Made:
    __slots__ = ('__dict__', 'y')
    def __new__(cls, x):
        self = super().__new__(cls)
        self.y = x
        return self

class Named:
    def __init__(self, x, *, y):
        self.x, self.y = x, y
    @property
    def total(self):
        return [self, self.x]
    @total.setter
    def total(self, value):
        self.x = value
    @total.deleter
    def total(self):
        del self.y
    @functools.cached_property
    def kept(self):
        return self

Pair = collections.namedtuple('Pair', 'x y')

class Chained:
    def __init__(self, x):
        self.x = x
    def __get__(self, obj, cls=None):
        return (self.x, obj)
    def __iter__(self):
        yield self
        yield from [self.x]
    def __len__(self):
        return 2
    def __getitem__(self, i):
        return self.x
    def __contains__(self, x):
        return x is self.x
    def __add__(self, other):
        return Chained(other)
    def __lt__(self, other):
        return self.x is other

class Unequal:
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return isinstance(other, Unequal) and other.x is self.x
    def __hash__(self):
        return 1

class Watched:
    def __getattribute__(self, name):
        return object.__getattribute__(self, name)
    def __setattr__(self, name, value):
        object.__setattr__(self, name, [value])
    def __delattr__(self, name):
        object.__delattr__(self, name)

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

async def agen(x):
    try:
        yield x
        await Ready(x)
        yield [x]
    finally:
        print('agen ends')

def drive(it):
    got = []
    try:
        if hasattr(it, '__anext__'):
            for _ in range(3):
                try:
                    got.append(it.__anext__().send(None))
                except StopIteration as stop:
                    got.append(stop.value)
        else:
            while True:
                got.append(it.send(None))
    except (StopIteration, StopAsyncIteration) as stop:
        got.append(stop.value if isinstance(stop, StopIteration) else None)
    return got

def caught(x):
    try:
        fail(x)
    except ValueError as error:
        return error

def copied(x):
    import copy
    return copy.copy(x)

def phases(phase, info):
    print(phase, info['generation'], info['collected'])

def sweep(phase, info):
    print(phase, gc.collect())

# What runs often enough gets a form for the kinds that it meets.
def reckoned(x, y):
    for _ in range(4):
        z = (x - y) * (x + y) % 5 // 2 - y + 1, x < y, x < 2, x - 1, x * 0.5
    return z

def weighed(x, y):
    for _ in range(4):
        z = x == y, kind(x) == kind(y) or kind(x) + kind(y), not x, not [x].sort(), y if [x] else ~len(kind(y))
    return z

def classed(x):
    class Inner:
        y = x
    return Inner

def looked(x, y):
    for _ in range(4):
        x.y = y
        z = x.y
    return z

def placed(x, y):
    for i in range(4):
        x[0] = y
        z = x[0], x[i:], x[i::2], y in x
        x[i:] = [y]
    return z

class Ready:
    def __init__(self, x):
        self.x = x
    def __await__(self):
        yield self.x

def fail(x):
    kept = [x]
    raise ValueError(x)

async def awaited(x):
    async with Async(x) as y:
        async for z in agen(y):
            x = z
    return [z async for z in agen(x)]

class Async:
    def __init__(self, x):
        self.x = x
    async def __aenter__(self):
        return self.x
    async def __aexit__(self, *how):
        return None

def delegating(x):
    def inner():
        yield from iter([x])
    yield from inner()

def emptied(x):
    def inner():
        nonlocal x
        del x
    inner()
    assert x

def crossed(x, callback=None):
    ring = [x]
    ring.append(ring)
    node = Node(ring)
    ring.append(node)
    return weakref.ref(node, callback)

def plain(*p, **k):
    return p, k

class Dynamic:
    def __getattr__(self, name):
        return [self, name]

class Owner:
    chained = Chained([1])
    def method(self, *p, **k):
        return p, k
    @classmethod
    def of(cls, x):
        return cls, x
    @staticmethod
    def alone(x):
        return [x]

def ours(thing):
    # How many descriptors a class of a C module has is not our affair.
    return not isinstance(thing, type) or thing.__flags__ & 0x300 != 0x300

def referents(thing):
    return gc.get_referents(thing) if ours(thing) else []

def referrers(thing):
    # Since 3.14 the table of all interned strings is seen by the collector.
    return gc.get_referrers(thing) if not isinstance(thing, str) else []

def count(thing):
    # How often the interpreter itself holds what lives for ever was counted up to 3.11.
    lasting = type(thing) in (int, bool, str, type(None)) or type(thing) is tuple and not thing
    return ours(thing) and (lasting and sys.version_info < (3, 12) or sys.getrefcount(thing))

def facts(names):
    for name in 'abcdef':
        if name in names:
            value = names[name]
            print(name, type(value).__name__, ours(value) and sys.getrefcount(value), ours(value) and gc.is_tracked(value), end='; ')
    print()

def kind(thing):
    return type(thing).__name__

def kinds(things):
    # What the whole library refers to is not told.
    return sorted(type(thing).__name__ for thing in things) if len(things) < 12 else len(things) > 0

def told(error):
    # Where the library is installed is left out, and how large the native stack is.
    text = str(error).partition(' from ')[0]
    if text.startswith('Stack overflow (used '):
        text = 'Stack overflow' + text.partition(')')[2]
    print(type(error).__name__, text if len(text) < 200 else len(text))

ashes = []
unraisable = lambda hook: print('ignored:', type(hook.exc_value).__name__)
sys.unraisablehook = unraisable
warnings.simplefilter("ignore")
gc.collect()
gc.disable()
