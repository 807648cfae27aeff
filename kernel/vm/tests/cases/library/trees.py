import ast, inspect, textwrap, sys, gc
src = '''
from __future__ import annotations
import os, sys as s
from . import x
from a.b import (c as d, e)
@dec(1)
async def f(a, /, b: int = 2, *args, c, d=3, **kw) -> int:
    """doc"""
    async with x as y, z: pass
    async for i in j: await k
    else: pass
    return [q async for q in w if q if r]
class A[T: int = str, *Ts, **P](B, metaclass=M):
    x: int = 1
    (y): int
    def g(self): yield; z = yield from w; global h; nonlocal_ = 1
type X[T] = list[T]
try: pass
except (E, F) as e: raise G from e
except: pass
else: x
finally: y
try: pass
except* E: pass
for a, *b in c: break
else: continue_ = 1
while x: continue
if a: b
elif c: d
else: e
with open(f) as (a, b): pass
match x:
    case 1 | 'a' | None: pass
    case [a, *_, b] if c: pass
    case {'k': v, **rest}: pass
    case A(1, b=c) as d: pass
    case -1+2j: pass
    case _: pass
x = y = lambda *a, b=1: (yield)
x += 1; del a[1:2, ::3], b.c; assert x, 'm'
print(f'{x!r:>{w}} a {{}} {y=}', u'uni', b'by', 1.5, 2j, ..., True, not x, -x, ~x, +x, x if y else z, a < b <= c is not d not in e)
{1: 2, **d}; {1, *s}; {a: b for a in c}; {a for a in b}; (a for a in b)
(n := 5); a @ b // c ** d % e << f >> g | h ^ i & j; a and b or c
t'{x} b'
'''
t = ast.parse(src)
print(ast.dump(t, include_attributes=True))
print(ast.dump(t, indent=1))
u = ast.unparse(t); print(u)
assert ast.dump(ast.parse(u)) == ast.dump(t)
print(ast.literal_eval("{'a': [1, 2.5, (3, 1-4j)], 'b': {1}, 'c': None, 'd': b'x'}"))
try: ast.literal_eval('f()')
except ValueError as e: print(e)
class V(ast.NodeVisitor):
    def visit_Name(self, n): print(n.id, end=' ')
V().visit(t); print()
class T(ast.NodeTransformer):
    def visit_Constant(self, n): return ast.copy_location(ast.Constant(n.value * 2), n) if isinstance(n.value, int) else n
m = T().visit(ast.parse('x = 20 + 1\ndef f(a=3): return a'))
ns = {}; exec(compile(ast.fix_missing_locations(m), 'f', 'exec'), ns); print(ns['x'], ns['f']())
print(eval(compile(ast.parse('1+2', mode='eval'), '', 'eval')), eval(compile(ast.Expression(ast.BinOp(ast.Constant(1), ast.Add(), ast.Constant(2), lineno=1, col_offset=0)) if 0 else ast.fix_missing_locations(ast.Expression(ast.BinOp(ast.Constant(1), ast.Add(), ast.Constant(2)))), '', 'eval')))
print(t, ast.Name('x'), ast.parse('x=1').body[0], repr(ast.parse('f(1,2,3)').body[0].value))
for bad in (lambda: ast.Name(), lambda: ast.Name('a','b','c'), lambda: compile(ast.Module([ast.Expr()]), '', 'exec'), lambda: compile(ast.Module([1]), '', 'exec'), lambda: compile(ast.Expression(ast.Constant(1)), '', 'exec'),
  lambda: compile(ast.fix_missing_locations(ast.Module([ast.FunctionDef('f', ast.arguments(), [])])), '', 'exec'), lambda: compile(ast.fix_missing_locations(ast.Expression(ast.Constant([]))), '', 'eval'), lambda: compile(ast.fix_missing_locations(ast.Module([ast.Assign([ast.Name('x')], ast.Constant(1))])), '', 'exec'), lambda: compile(ast.Expression(ast.Name('x')), '', 'eval'), lambda: ast.Name('x', foo=1)):
    import warnings
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try: bad()
        except Exception as e: print(type(e).__name__, e)
        for i in w: print(i.category.__name__, i.message)
print(ast.Name._fields, ast.expr._attributes, ast.Name.__match_args__, ast.Name._field_types, ast.Dict._field_types, ast.arg.__doc__, ast.operator.__doc__)
import copy, pickle
c = copy.deepcopy(t); assert ast.dump(c) == ast.dump(t)
p = pickle.loads(pickle.dumps(ast.parse('a+b'))); print(ast.dump(p))
print(sys.getsizeof(t), gc.is_tracked(t), ast.parse('x').body[0].value.ctx is ast.parse('y').body[0].value.ctx)
print(ast.get_docstring(ast.parse('"""d"""')), ast.get_source_segment('a + b', ast.parse('a + b').body[0].value.left))
print(copy.replace(ast.Name('x'), id='y').id, vars(ast.parse('x').body[0].value))
print(ast.dump(compile('x = 1 + 2 if __debug__ else 3', '', 'exec', ast.PyCF_OPTIMIZED_AST)))
print(compile('a: int', '', 'single', ast.PyCF_ONLY_AST))

# The tree that would be compiled, of a text and of a tree.
for tree in ("a*__debug__", ast.parse("a*__debug__")):
    print(ast.dump(compile(tree, "f", "exec", ast.PyCF_OPTIMIZED_AST)))
print(ast.dump(compile("__debug__", "f", "eval", ast.PyCF_OPTIMIZED_AST, optimize=1)))
unknown = []
for bit in range(31):
    try:
        compile("1", "f", "eval", 1 << bit)
    except ValueError as error:
        unknown.append((bit, str(error)))
print(unknown)
