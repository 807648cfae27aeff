class S: __slots__ = ('x', '__weakref__')
class P:
    def __init__(self): self.inner = S()
    @property
    def shown(self): return self.inner.x
    @property
    def plain(self): raise AttributeError('plain')
    @property
    def named(self): raise AttributeError('plain', name='other')
    def __getattr__(self, name):
        if name == 'gone': raise AttributeError('gone')
        return self.inner.x
class G:
    def __get__(self, obj, cls=None): raise AttributeError('get')
class Q:
    g = G()
class Own:
    def __getattribute__(self, name): raise AttributeError(name)
class Sub(AttributeError):
    def __setattr__(self, name, value): print('set', name)
class R:
    @property
    def sub(self): raise Sub('sub')
class M(type):
    @property
    def shown(cls): raise AttributeError('meta')
class C(metaclass=M): pass
import types, weakref
m = types.ModuleType('m')
def mget(name): raise AttributeError('from module')
m.__getattr__ = mget
s = S(); p = P(); q = Q(); o = Own(); r = R()
def tell(say, work):
    try: work()
    except AttributeError as e: print(say, type(e.obj).__name__, e.name, e)
tell('slot', lambda: s.x)
tell('slot called', lambda: s.x())
tell('slot method', lambda: s.x.append(1))
tell('getattr', lambda: getattr(s, 'x'))
tell('default', lambda: print(getattr(s, 'x', 'none')))
tell('get', lambda: S.x.__get__(s))
tell('getattribute', lambda: object.__getattribute__(s, 'x'))
tell('own', lambda: o.y)
tell('property', lambda: p.shown)
tell('plain', lambda: p.plain)
tell('plain called', lambda: p.plain())
tell('named', lambda: p.named)
tell('hook', lambda: p.gone)
tell('hook called', lambda: p.gone())
tell('hook slot', lambda: p.other)
tell('descriptor', lambda: q.g)
tell('descriptor called', lambda: q.g())
tell('subclass', lambda: r.sub)
tell('meta', lambda: C.shown)
tell('meta called', lambda: C.shown())
tell('module', lambda: m.y)
tell('weak', lambda: weakref.proxy(s).x)
tell('weak called', lambda: weakref.proxy(s).x())
def often():
    for i in range(30):
        try: p.plain
        except AttributeError as e: pass
        else: print('?')
        try: s.x
        except AttributeError as f: pass
        try: p.plain
        except AttributeError as e:
            if i % 6 == 0 or i < 6: print(i, e.name, end=' ')
        try: s.x
        except AttributeError as f:
            if i % 6 == 0 or i < 6: print(i, f.name, end=' ')
    print()
often()
import operator
tell('attrgetter', lambda: operator.attrgetter('x')(s))
tell('methodcaller', lambda: operator.methodcaller('x')(s))
def matches():
    match s:
        case S(x=1): print('no')
        case _: print('none')
matches()
tell('super', lambda: super(S, s).x)
def nested():
    e = []
    e = [[e]]; e[0][0].append(e)
    try: print(e == e, [[e]] == [[e]])
    except RecursionError as error: print(str(error).split(' kB)')[-1])
    f = [[]]; f[0].append(f)
    g = [[]]; g[0].append(g)
    try: f == g
    except RecursionError as error: print(''.join(c for c in str(error) if not c.isdigit()))
nested()

# A special method whose binding raises. An AttributeError says that there is none.
def unbindable(self):
    raise kind("not bound")


class Unbindable:
    __eq__ = __lt__ = __len__ = __add__ = __radd__ = __getitem__ = __hash__ = __bool__ = __iter__ = __contains__ = __neg__ = property(unbindable)
    __repr__ = __str__ = property(unbindable)


for kind in AttributeError, ValueError:
    odd = Unbindable()
    for title, what in {
        "==": lambda: odd == odd,
        "!=": lambda: odd != odd,
        "<": lambda: odd < odd,
        "len": lambda: len(odd),
        "+": lambda: odd + 1,
        "reflected": lambda: 1 + odd,
        "[]": lambda: odd[0],
        "hash": lambda: hash(odd),
        "bool": lambda: bool(odd),
        "iter": lambda: iter(odd),
        "in": lambda: 3 in odd,
        "-": lambda: -odd,
        "repr": lambda: repr(odd).split(" at ")[0],
    }.items():
        try:
            print(title, what())
        except Exception as error:
            print(title, type(error).__name__, error)
