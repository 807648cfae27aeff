import sys,gc,weakref
T=ExceptionGroup
print(sorted(T.__dict__), hex(T.__flags__), T.__basicsize__, T.__weakrefoffset__, T.__dictoffset__, T.__itemsize__)
print(T.__module__, T.__doc__, T.__qualname__, T.__name__, T.__bases__, T.__base__, repr(T))
print(gc.is_tracked(T))
e=T('a',[ValueError(1)])
print(e, repr(e), sys.getsizeof(e), sys.getsizeof(T))
try:
    r=weakref.ref(e); print(r() is e, e.__weakref__ is r)
except Exception as x: print(type(x).__name__, x)
del e
try: print(r())
except Exception as x: print(type(x).__name__, x)
for w in ['T.a=1','T.__doc__="x"','T.__name__="E"','T.__name__="ExceptionGroup"','T.__dict__["a"]','T.__dict__["__weakref__"]','del T.a','T.__init__','T.__new__ is BaseExceptionGroup.__new__','T.__class__=type','T.__bases__=(BaseExceptionGroup,)','T.__bases__=(BaseExceptionGroup,Exception)','T.__static_attributes__','T.__annotations__','T.__firstlineno__','T.__type_params__', 'T.__text_signature__','T.mro()','T.__subclasses__()']:
    try:
        try: r=eval(w)
        except SyntaxError: exec(w); r='ok'
        print(w,r)
    except Exception as x: print(w,type(x).__name__, x)
class Node:
    def __init__(self, x=None): self.x=x
class EG(T): pass
class EH(T): pass
class EI(Exception): pass
class S(T): __slots__=()
for n,(o,c) in {'eg>node':(T('a',[ValueError()]),Node),'eg>EG':(T('a',[ValueError()]),EG),'EG>eg':(EG('a',[ValueError()]),T),'EG>EH':(EG('a',[ValueError()]),EH),'eg>beg':(T('a',[ValueError()]),BaseExceptionGroup),'EI>EG':(EI(),EG),'node>eg':(Node(),T),'eg>EI':(T('a',[ValueError()]),EI),'eg>S':(T('a',[ValueError()]),S),'S>eg':(S('a',[ValueError()]),T)}.items():
    try: o.__class__=c; print(n,'ok',type(o))
    except Exception as x: print(n, x)
print(sorted(x for x in EG.__dict__), EG.__basicsize__, S.__basicsize__, EG.__weakrefoffset__, hex(EG.__flags__), sys.getsizeof(EG('a',[ValueError()])), sys.getsizeof(S('a',[ValueError()])))
print(sorted(type(x).__name__ for x in gc.get_referents(T)))
import types
try: print(list[int].__len__)
except Exception as x: print(x)
import copy
print(copy.copy(T('a',[ValueError()])))
def f(x): return x + 1
try: T('a',[ValueError()]) + 1
except Exception as x: print(x)
a=T('a',[ValueError()])
for s in ['del a[0]','a[0]=1','a[0]','del list[int][0]','del Node()[0]', 'del (1)[0]', 'del type[0]', 'del T[0]','del property()[0]','del (int|str)[0]','del range(3)[0]','del "a"[0]','del (lambda:0)[0]','del types.SimpleNamespace()[0]','del types[0]','del {}.keys()[0]','del memoryview(b"a").toreadonly()[0]','del types.MappingProxyType({})[0]','del ()[0]','del frozenset()[0]', 'del {}.items()[0]', 'del {1}[0]','del iter([])[0]','del __import__("re").match("a","a")[0]','del __import__("itertools").count()[0]','del __import__("time").gmtime()[0]','del weakref.proxy(Node)[0]','del __import__("functools").partial(print)[0]','del NotImplemented[0]','del None[0]','del slice(1)[0]','del b""[0]','del 1.5[0]','del __import__("struct").Struct("b")[0]','del __import__("contextvars").copy_context()[0]', 'del __import__("contextvars").ContextVar("x")[0]', 'del __import__("collections").ChainMap()[0]','del __import__("io").BytesIO()[0]','del weakref.ref(Node)[0]','del __import__("operator").itemgetter(1)[0]','del __import__("functools").lru_cache(f)[0]','del __import__("random").Random()[0]','del __import__("typing").TypeVar("T")[0]','del __import__("collections").OrderedDict().keys()[0]','del __import__("types").GenericAlias(int,int)[0]','del __import__("datetime").date(1,1,1)[0]','del __import__("ast").parse("1")[0]', 'del type(sys)("m")[0]','del ValueError()[0]','del __import__("collections").deque().__iter__()[0]','del sys._getframe().f_locals[0]','del t"{a}"[0]']:
    try: exec(s); print(s,'ok')
    except Exception as x: print(s,type(x).__name__,x)
