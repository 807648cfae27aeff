# How the young count moves at what a program does, once it is warm: with the result kept, after its end, with a hundred results kept, after
# theirs, and at the highest. The last two numbers are of the first run: with the result kept and after its end.
import abc, collections, contextlib, contextvars, copy, functools, gc, io, itertools, operator, re, struct, sys, types, warnings, weakref
warnings.simplefilter('ignore')

class Node:
    def __init__(self, x=None): self.x = x
    def me(self): return self
class Slotted: __slots__ = ('x', 'y', '__weakref__')
class Bag(list): pass
class Book(dict): pass
class Row(tuple): pass
class Group(set): pass
class Whole(int): pass
class Word(str): pass
class Meta(type):
    def __call__(cls, *args): return super().__call__()
class Metad(metaclass=Meta): pass
class Watcher(weakref.ref): pass
class Mourned:
    def __del__(self): pass
class Held(contextlib.ContextDecorator):
    def __init__(self, x): self.x = x
    def __enter__(self): return self.x
    def __exit__(self, *how): return False
class Named:
    def __init__(self, x, *, y): self.x, self.y = x, y
    @property
    def total(self): return self.x
    @total.setter
    def total(self, value): self.x = value
    @functools.cached_property
    def kept(self): return 1
class Chained:
    def __init__(self, x): self.x = x
    def __get__(self, obj, cls=None): return self.x
    def __iter__(self):
        yield self
        yield self.x
    def __len__(self): return 2
    def __getitem__(self, i):
        if i: raise IndexError
        return self.x
    def __contains__(self, x): return x is self.x
    def __add__(self, other): return self.x
    def __lt__(self, other): return self.x is other
    def __eq__(self, other): return True
    def __hash__(self): return 1
    def __call__(self, *args, **kw): return self.x
    def __repr__(self): return 'chained'
    def __bool__(self): return True
    def __setitem__(self, i, x): self.x = x
    def __delitem__(self, i): pass
    def __enter__(self): return self
    def __exit__(self, *how): return True
    def __index__(self): return 1
class Dynamic:
    def __getattr__(self, name): return 1
    def __setattr__(self, name, value): object.__setattr__(self, name, value)
    def __delattr__(self, name): pass
class Watched:
    def __getattribute__(self, name): return object.__getattribute__(self, name)
class Owner:
    chained = Chained([1])
    def method(self, *args, **kw): return self
    @classmethod
    def of(cls, *args): return cls
    @staticmethod
    def plain(*args): return 1
Pair = collections.namedtuple('Pair', 'x y')
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
    finally:
        pass
class Ready:
    def __init__(self, x): self.x = x
    def __await__(self): yield self.x
async def later(x):
    await Ready(x)
    return x
async def agen(x):
    yield x
    await Ready(x)
    yield x
def fail(x):
    kept = [x]
    raise ValueError(x)
def caught(x=1):
    try:
        fail(x)
    except ValueError as error:
        return error
@contextlib.contextmanager
def managed(x):
    yield x
def plain(): pass
def many(a=1, b=2, *c, d=4, **e): return (a, b, c, d, e)
class Asynchronous:
    async def __aenter__(self): return self
    async def __aexit__(self, *how): return False
    def __aiter__(self): return self
    async def __anext__(self): raise StopAsyncIteration
def drive(it):
    try:
        while True: it.send(None)
    except StopIteration as stop:
        return stop.value

n = Node(); a = [1]

# What there is to look at: each makes a fresh one.

# What there is to do it with: each makes a fresh one.
MAKERS = dict(
    list=lambda: [a, 2, 3],
    tuple=lambda: (a, 2),
    dict=lambda: {'k': a, 'x': 1},
    node=Node,
    function=lambda: keeper(1),
    generator=lambda: walk(a),
    caught=caught,
    none=lambda: None,
)

EXPRESSIONS = '''\
o
(o,)
[o]
{'k': o}
{o}
(o, o, o)
len(o)
o[0]
o['k']
o[-1]
o[0:1]
o[1:]
o[:]
o[o]
iter(o)
next(o)
next(o, None)
reversed(o)
enumerate(o)
zip(o, o)
map(plain, o)
filter(None, o)
list(o)
tuple(o)
set(o)
frozenset(o)
dict(o)
dict(k=o)
dict(**o)
dict.fromkeys(o)
bytes(o)
memoryview(o)
str(o)
repr(o)
ascii(o)
format(o)
f'{o!r}'
f'{o}{o}'
'%s' % o
'%s %s' % (o, 1)
'{}'.format(o)
hash(o)
bool(o)
not o
id(o)
type(o)
type(o)()
o.__class__
dir(o)
vars(o)
o.__dict__
o.__doc__
o.__init__
o.__eq__
o.__repr__
o.__sizeof__()
o.__hash__
o.x
o.y
o.zzz
o.me
o.me()
o.total
o.kept
o.chained
o.method
o.method()
o.method(1, x=2)
o.of()
o.plain(1)
getattr(o, 'x', None)
getattr(o, 'zzz', None)
hasattr(o, 'zzz')
setattr(o, 'x', 1)
delattr(o, 'x')
callable(o)
isinstance(o, Node)
isinstance(o, (int, Node))
isinstance(o, collections.abc.Iterable)
issubclass(o, Node)
super(Node, o)
property(o)
classmethod(o)
staticmethod(o)
types.MethodType(o, 1)
types.MethodType(plain, o)
weakref.ref(o)
weakref.proxy(o)
weakref.getweakrefs(o)
weakref.WeakSet([o])
weakref.WeakValueDictionary({'k': o})
weakref.WeakKeyDictionary({o: 1})
copy.copy(o)
o()
o(1)
o(1, 2)
o(k=1)
o(*a)
o(**{'k': 1})
plain(*o)
many(*o)
many(**o)
many(1, *o)
many(o, d=o)
many(e=o)
(lambda *p: p)(*o)
(lambda **k: k)(**o)
(lambda *p, **k: (p, k))(o, x=o)
(lambda x, /, y=1, *, z=o: (x, y, z))(o)
[*o]
(*o,)
(*o, 1)
{*o}
{**o}
{**o, 'z': o}
[x for x in o]
{x for x in o}
{x: x for x in o}
(x for x in o)
list(x for x in o)
[x for x in [o, o] if x is not o]
[lambda: x for x in [o]]
sorted(o)
sorted([o, o], key=id)
sum(o)
max(o)
min(o, default=1)
max(o, o, key=id)
any(o)
all(o)
o + o
o + [1]
o + 1
o - o
o - 1
o * 2
o * o
o / o
o // 2
o % 2
o ** 2
o & o
o | o
o | {'z': 1}
o ^ o
o < o
o == o
o != o
o == 1
o is o
o in o
1 in o
'k' in o
'zz' in o
o in [o]
-o
~o
abs(o)
int(o)
float(o)
round(o)
divmod(o, 2)
operator.index(o)
slice(o, o)
list[o]
o[int]
o | None
Node(o)
Named(o, y=o)
Named(x=o, y=o)
Pair(o, o)
Pair(x=o, y=o)
Bag([o])
Bag(o)
Book(o)
Row(o)
Chained(o)
Held(o)
types.SimpleNamespace(x=o)
types.MappingProxyType(o)
types.CellType(o)
type('T', (), {'x': o})
type('T', (Node,), {'__slots__': ('z',)})
Meta('M', (), {'x': o})
Meta('M', (), {'x': o})()
Metad(o)
keeper(o)
keeper(o)(o)
walk(o)
list(walk(o))
next(walk(o))
later(o).close()
drive(later(o))
agen(o)
drive(agen(o).__anext__())
drive(agen(o).athrow(ValueError))
drive(agen(o).aclose())
ValueError(o)
KeyError(o)
OSError(o)
OSError(2, o)
StopIteration(o)
ExceptionGroup('m', [ValueError(o)])
ExceptionGroup('m', [o])
fail(o)
caught(o)
caught(o).__traceback__
caught(o).__traceback__.tb_frame
caught(o).__traceback__.tb_frame.f_locals
sys._getframe()
sys._getframe().f_locals
sys._getframe().f_back
sys.exc_info()
sys.getrefcount(o)
sys.getsizeof(o)
sys.intern('abc')
gc.get_referents(o)
gc.get_referrers(o)
gc.is_tracked(o)
gc.is_finalized(o)
gc.get_threshold()
gc.get_count()
gc.isenabled()
gc.get_stats()
gc.get_objects(0)
collections.deque([o])
collections.deque([o], 2)
collections.deque(o)
collections.defaultdict(list, {'k': o})
collections.defaultdict(list)['x']
collections.ChainMap({'k': o})
collections.OrderedDict(k=o)
collections.UserList([o])
collections.UserDict({'k': o})
itertools.chain([o], o)
itertools.chain(*o)
itertools.tee(o)
itertools.repeat(o, 2)
itertools.product([o], [1])
itertools.cycle([o])
itertools.count(o)
itertools.accumulate([o])
itertools.accumulate(o, max)
itertools.permutations([o, o])
itertools.combinations([o, o], 1)
itertools.groupby([o, o])
itertools.groupby(o, key=id)
itertools.islice(o, 2)
itertools.zip_longest([o], o)
itertools.zip_longest([o], o, fillvalue=1)
itertools.pairwise([o, o])
itertools.batched([o, o], 1)
itertools.starmap(keeper, [(o,)])
itertools.takewhile(bool, [o])
itertools.dropwhile(bool, [o])
itertools.filterfalse(bool, [o])
itertools.compress([o], [1])
list(itertools.chain([o], [o]))
list(itertools.product([o], [1, 2]))
list(itertools.permutations([o, o]))
list(itertools.combinations([o, o], 1))
list(itertools.zip_longest([o], [o, o]))
list(itertools.pairwise([o, o, o]))
list(itertools.batched([o, o, o], 2))
list(itertools.islice([o, o, o], 2))
list(itertools.groupby([o, o]))
list(itertools.accumulate([o]))
list(itertools.tee([o, o])[0])
list(zip([o, o], [o, o]))
list(enumerate([o, o]))
list(map(keeper, [o, o]))
list(filter(None, [o, o]))
list(reversed([o, o]))
functools.partial(plain, o)
functools.partial(many, o)()
functools.partial(many, d=o)(1)
functools.reduce(lambda x, y: x, [o, o])
functools.lru_cache(plain)
functools.lru_cache(plain)()
functools.cmp_to_key(max)(o)
functools.wraps(plain)(keeper(o))
functools.cached_property(o)
operator.itemgetter(0)(o)
operator.itemgetter(0, 0)(o)
operator.attrgetter('x')(o)
contextlib.suppress(o)
contextlib.ExitStack()
contextlib.closing(o)
managed(o)
contextvars.ContextVar('v')
contextvars.Context().run(plain)
re.compile('a')
re.match('a', 'a')
re.findall('a', 'aa')
re.sub('a', 'b', 'aa')
object()
o.copy()
o.keys()
o.values()
o.items()
list(o.items())
list(o.keys())
[k for k, v in o.items()]
o.get('k')
o.pop()
o.pop('k')
o.pop('zz', None)
o.popitem()
o.popleft()
o.append(o)
o.append(1)
o.appendleft(1)
o.extend([1])
o.extend(o)
o.insert(0, 1)
o.remove(1)
o.remove(o)
o.index(1)
o.count(1)
o.reverse()
o.sort()
o.sort(key=id)
o.clear()
o.update(k=1)
o.update({'z': 1})
o.update([('z', 1)])
o.setdefault('s', o)
o.add(1)
o.add(o)
o.discard(o)
o.union([1])
o.union(o, o)
o.intersection([1])
o.difference([1])
o.issubset([1])
o.isdisjoint([1])
o.symmetric_difference([1])
o.move_to_end('k')
o.rotate(1)
o.fromkeys([1])
o.send(None)
o.close()
o.throw(ValueError)
o.__next__
o.__next__()
o.__iter__()
o.__len__()
o.__getitem__(0)
o.__contains__(1)
o.__anext__()
o.asend(None)
o.aclose()
o.gi_frame
o.cr_frame
o.ag_frame
o.gi_yieldfrom
o.f_locals
o.f_back
o.f_code
o.f_globals
o.tb_frame
o.tb_next
o.__traceback__
o.__context__
o.__cause__
o.args
o.with_traceback(None)
o.add_note('n')
o.exceptions
o.split(ValueError)
o.subgroup(ValueError)
o.derive([ValueError()])
o.__closure__
o.__defaults__
o.__kwdefaults__
o.__annotations__
o.__code__
o.__func__
o.__self__
o.__name__
o.__qualname__
o.__module__
o.__globals__
o.__wrapped__
o.__mro__
o.__bases__
o.__subclasses__()
o.__weakref__
o.__callback__
o.__args__
o.__parameters__
o.fget
o.getter(len)
o.cell_contents
o.co_consts
o.co_varnames
o.co_code
o.co_lines()
list(o.co_lines())
o.obj
o.tobytes()
o.tolist()
o.release()
o.detach()
o.peek()
o.alive
o.atexit
o._asdict()
o._replace(x=1)
o._make([1, 2])
o.read()
o.write('x')
o.getvalue()
o.readline()
o.group()
o.group(0, 0)
o.groups()
o.span()
o.search('a')
o.findall('aa')
o.sub('b', 'a')
o.split()
o.split('a')
o.join(['a', 'b'])
o.upper()
o.replace('a', 'b')
o.partition('b')
o.encode()
o.decode()
o.startswith(('a', 'b'))
o.format(1)
o.bit_length()
o.as_integer_ratio()
o.is_integer()
o.run(plain)
o.set(1)
o.most_common(1)
o.elements()
o.new_child()
o.maps
o.default_factory
o.maxlen
o.func
o.keywords
o.cache_info()
o.cache_clear()
o.unpack(b'abcd')
o.pack(1)
o.mro()
o.start
o.indices(2)
'''.splitlines()

# A bar begins a line.
STATEMENTS = '''\
x, *y = o
x, *y = [o, o, o]
x, y = y, x = 1, 2
(x, (y, z)) = 1, (o, o)
for x in o: pass
for x in [o, o]: pass
for x in range(3): pass
for x, y in [(o, o)]: pass
for x, y in zip([o], [o]): pass
for x, y in enumerate([o, o]): pass
for i in range(2): x = [i]
while o: break
del o[0]
del o['k']
del o[:]
del o.x
o.x = 1
o.x = o
o[0] = 1
o[0] = o
o['k'] = o
o[0:1] = [1]
o[:] = []
o += o
o += [1]
o += 1
o *= 2
o -= o
o ^= o
o.x += 1
o[0] += 1
with o: pass
with o as x: pass
with Held(o) as x: pass
with Held(o) as x, Held(o) as y: pass
with managed(o) as x: pass
with contextlib.suppress(ValueError): fail(o)
with contextlib.closing(Chained(o)) as x: pass
with Held(o): fail(o)
assert o is None, 'text'
raise ValueError(o)
raise ValueError
raise o
raise ValueError from o
raise KeyError(1) from ValueError(o)
import keyword
import os.path
import collections.abc as z
from collections import deque
def f(): pass
def f(x=o): return x
def f(x=o, *, y=o): return x
def f(x: int = 1) -> o: return x
def f(): return o
lambda: o
async def f(): pass
def f(): yield o
class C: pass
class C: x = o
class C(Node): pass
class C(Bag): pass
class C(Node, Mourned): pass
class C(metaclass=Meta): pass
class C(Slotted): __slots__ = ('z',)
class C(ValueError): pass
class C(tuple): pass
class C(weakref.ref): pass
class C(collections.deque): pass
class C(collections.OrderedDict): pass
x: int = o
global g; g = o
type X = int
match [o, o]:|    case [x, y]: pass
match {'k': o}:|    case {'k': x}: pass
match {'k': o}:|    case {'k': x, **y}: pass
match Node(o):|    case Node(x=y): pass
match Pair(o, o):|    case Pair(x, y): pass
try: pass|finally: pass
try: fail(o)|except ValueError: pass
try: fail(o)|except ValueError as e: pass
try: fail(o)|except (KeyError, ValueError) as e: return e
try:|    try: fail(o)|    finally: pass|except ValueError: pass
try:|    try: fail(o)|    except ValueError: fail(o)|except ValueError as e: return e.__context__
try: fail(o)|except* ValueError: pass
try: fail(o)|except* ValueError as e: x = e
try: o.zzz|except AttributeError: pass
try: o.zzz|except AttributeError as e: return e
try: zzz|except NameError: pass
try: zzz|except NameError as e: return e
try: {}['k']|except KeyError as e: return e
try: {}[o]|except (KeyError, TypeError) as e: return e
try: [][0]|except IndexError as e: return e
try: 1 / 0|except ZeroDivisionError as e: return e
try: next(iter([]))|except StopIteration as e: return e
try: len(1)|except TypeError as e: return e
try: plain(1)|except TypeError as e: return e
try: x, y = 1,|except ValueError as e: return e
try: 1()|except TypeError as e: return e
try: 1 + 'a'|except TypeError as e: return e
try: int('x')|except ValueError as e: return e
try: None.x|except AttributeError as e: return e
try: raise KeyError(o)|except KeyError as e: return e
try: b'\\xff'.decode()|except UnicodeDecodeError as e: return e
try: ''.zzz = 1|except AttributeError as e: return e
try: next(walk(o)); g = walk(o); next(g); g.throw(ValueError('x'))|except ValueError as e: return e
g = walk(o); next(g); return g
g = walk(o); next(g); g.send(1); return g
g = walk(o); next(g); g.close()
g = walk(o); next(g); return g.gi_frame
g = (x for x in [o]); return list(g)
def f(): return (yield from walk(o))|list(f())
def f(x): return lambda: x|f(o)
def f(x): x = [x]; return locals()|f(o)
def f(*p, **k): return p, k|return f(1, o, z=o)
def f(*p, **k): return p, k|return f(*[o], **{'k': o})
def f(**k): return k|return f(a=1, b=o)
def f(a, b=o, *c, d=o): return a|return f(b=1, a=o)
def f(a): return f(a - 1) if a else o|return f(5)
class C:|    def me(self): return __class__|return C().me()
class C(Node):|    def me(self): return super().me()|return C().me()
class C:|    def __init__(self): self.x = self|return C()
class C:|    def __init__(self): self.a = 1; self.b = 2; self.__dict__|return C()
class C:|    __slots__ = ('x', '__dict__')|    def __init__(self): self.x = 1; self.y = 2|return C()
class C:|    def __new__(cls, *p): return super().__new__(cls)|return C(o)
class C:|    def __getattr__(self, n): return [n]|return C().zz
class C:|    def __getattribute__(self, n): return [n]|return C().zz
class C:|    def __call__(self, *p, **k): return p|return C()(1, k=2)
class C:|    def __set_name__(self, owner, name): self.owner = name|class D: x = C()
class C:|    def __del__(self): pass|C()
class C:|    x: int = 3|    y: str|return C.__annotations__
class C:|    @property|    def x(self): return self|return C().x
class C:|    @classmethod|    def x(cls, *p): return cls|return C.x(1)
def f[T](x: T) -> T: return x
async def f():|    async with Asynchronous() as x: pass|drive(f())
async def f():|    async for x in Asynchronous(): pass|drive(f())
async def f():|    return await later(o)|return drive(f())
async def f():|    try: yield o|    finally: pass|return drive(f().__anext__())
g = agen(o); drive(g.__anext__()); return g
g = agen(o); drive(g.__anext__()); drive(g.aclose())
e = [[]]; e[0].append(e)
e = Node(); e.x = e
e = {}; e['e'] = e
r = weakref.ref(Node())
r = weakref.ref(Node(), lambda r: None)
x = Node(); r = weakref.ref(x, lambda r: None); del x
x = Node(); p = weakref.proxy(x); return p.x
print(end='')
print('', end='')
sys.stdout.flush()
f = keeper(o); f.attr = o
f = keeper(o); f.__defaults__ = (o,)
f = keeper(o); return f.__closure__[0].cell_contents
f = keeper(o); f.__dict__
f = keeper(o); f.__annotations__
f = keeper(o); f.__doc__ = 'x'
Node.later = o; del Node.later
Node.__del__ = plain; del Node.__del__
x = Node(); x.__dict__; x.z = 1; return x
x = Node(); x.__dict__ = {'z': 1}; return x
x = Node(); x.__class__ = Mourned; return x
x = Node(); x.later = 1; del x.later
x = Node(); vars(x)['z'] = 1; return x.z
x = Node(); x.a = x.b = x.c = x.d = 1; return x
x = Slotted(); x.x = o; x.y = 1; return x
x = Bag(); x.append(o); x.z = 1; return x
x = Book(); x['k'] = o; return x
x = [o] * 3; x.append(1); del x[0]; return x
x = [1, 2, 3]; x.sort(key=lambda v: -v); return x
x = {}; x['a'] = 1; x['b'] = o; return x
x = {'a': 1}; x.update(b=2); return x
x = {1, 2}; x = x | {3}; return x
gc.callbacks.append(plain); gc.callbacks.clear()
gc.set_threshold(0)
gc.set_debug(0)
gc.enable(); gc.disable()
x = [i for i in range(50)]
x = [[i] for i in range(50)]
x = [(i, o) for i in range(50)]
x = {i: [i] for i in range(50)}
x = list(range(100))
x = [Node() for _ in range(50)]
x = [Node(o) for _ in range(5)]
x = [lambda: i for i in range(5)]
x = sum(i for i in range(5))
x = sorted([3, 1, 2], key=lambda i: -i)
x = 'a'; x += 'b'
x = f'{o!r:>10}{1:{2}}'
x = (y := o)
x = o if o else 1
x = 1 < 2 < 3
x = [*[1], *(2,)]
x = {**{'a': 1}, **{'b': o}}
print(*[], sep='', end='')
return locals()
return globals()
return vars()
return dir()
return (lambda: (yield))()
return [sys._getframe() for _ in range(2)]
return __import__('gc')
'''.splitlines()

def functions(text, is_statement):
    if is_statement:
        body = re.sub(r'\|(?=\S| {4})', '\n        ', text)
        source = f'def run(o):\n    try:\n        {body}\n    except Exception as error:\n        return type(error)\n'
    else:
        source = f'def run(o):\n    try:\n        return {text}\n    except Exception as error:\n        return error\n'
    code = compile(source, 'run', 'exec')
    while True:
        exec(code, globals())
        yield run

def warm(run, make):
    for _ in range(3):
        o = make()
        run(o)
    o = None
    o = make()
    gc.collect()
    before = gc.get_count()[0]
    kept = run(o)
    during = gc.get_count()[0]
    del kept
    after = gc.get_count()[0]
    some = [make() for _ in range(100)]
    o = None
    gc.collect()
    first = gc.get_count()[0]
    kept = [run(o) for o in some]
    filled = gc.get_count()[0]
    del kept
    left = gc.get_count()[0]
    some.clear()
    return during - before, after - before, filled - first, left - first

def peak(run, make, during):
    # The threshold from which on no collection comes due.
    for threshold in range(max(during, 1), 400):
        o = make()
        gc.collect()
        gc.set_threshold(threshold)
        before = gc.get_stats()[0]['collections']
        gc.collect()
        gc.enable()
        kept = run(o)
        plain()
        gc.disable()
        if gc.get_stats()[0]['collections'] == before:
            return threshold

def cold(run, make):
    o = make()
    gc.collect()
    before = gc.get_count()[0]
    kept = run(o)
    during = gc.get_count()[0]
    del kept
    after = gc.get_count()[0]
    return during - before, after - before

gc.collect()
gc.freeze()
gc.disable()
for text, is_statement in [(text, False) for text in EXPRESSIONS] + [(text, True) for text in STATEMENTS]:
    fresh = functions(text, is_statement)
    run = next(fresh)
    told = {}
    # What does not look at the object is the same with each.
    for name, make in MAKERS.items() if re.search(r'\bo\b', text) else [('list', MAKERS['list'])]:
        numbers = warm(run, make)
        top = peak(run, make, numbers[0])
        told.setdefault((*numbers, top, *cold(next(fresh), make)), []).append(name)
    print(text, *(f"{' '.join(map(str, numbers))}: {', '.join(names)}" for numbers, names in told.items()), sep=' | ')
