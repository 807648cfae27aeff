"""Records what CPython says of source texts that are wrong, doubtful or unfinished.

    python3.14 record_complaints.py > goldens/complaints-3.14.txt

Each record is a text, and what CPython makes of it: an error with its four places, or warnings, or nothing.
"""

import warnings

EXEC = r"""
x = (1, 2
x = [1, 2)
x = 1)
f(a, b
foo(1 2)
foo(a b)
[a b]
{1: 2, 3}
{1: 2, 3: }
{1: *a}
{**a: 1}
x = 1 +
if x
if x:
for i in y
for i in range(3) print(i)
for f() in x: pass
for i y: pass
while 1
while True print(1)
def f(
def f() pass
def f(x, x): pass
def f(a=1, b): pass
def f(*): pass
def f(**k, a): pass
def f(a, /, b, /): pass
def f(/): pass
def f(*a, *b): pass
def f(a=): pass
def f((a, b)): pass
class A
class A(: pass
lambda *: 1
lambda x=1, y: 1
import a.b as c.d
from a import b,
from a import (b,
from a import b as 1
import
from . import
import a from b
print "hello"
exec "a"
print a
x = 5 = y
f() = 1
1 = x
None = 1
True = 1
x + 1 = 2
(a, 1) = x
[a, f()] = x
"a" = 1
f"{x}" = 1
a if b else c = 1
x = yield = 1
f() += 1
(a, b) += 1
del f()
del (a, 1)
del *a
(x) : int = 1
(a, b): int
[a]: int
1: int
if x = 1: pass
if f() = 1: pass
while x = 1: pass
f(x=1, 2)
f(**a, 1)
f(**a, *b)
f(x for x in y, 1)
f(1, x for x in y)
f(a=1, a=2)
f(1=2)
f(True=1)
f(a.b=1)
f(a=)
(x := 1) = 2
x := 1
(f() := 1)
a if b
a if b else
x = a if b else pass
pass if x else 1
assert x = 1
assert (x, "always")
return 1
yield 1
await x
break
continue
try: pass
try:\n  pass\nx = 1
try:\n  pass\nexcept:\n  pass\nexcept A:\n  pass
try:\n  pass\nexcept A, B as c:\n  pass
try:\n  pass\nexcept* A:\n  pass\nexcept B:\n  pass
try:\n  pass\nexcept*:\n  pass
try\n  pass
def f():\nx = 1
if x:\nx = 1
class A:\nx = 1
for i in x:\ny
while x:\ny
with a:\ny
try:\ny
  x = 1
x = 1\n  y = 2
if x:\n    y\n  z
if x:\n\ty\n        z
else: pass
if x: pass\nelse if y: pass
if x:\n  pass\nelse:\n  pass\nelif y:\n  pass
x = 'abc
x = "abc\"
x = '''abc
x = f'abc
x = f'''abc
f'{'
f'{}'
f'{a'
f'{a!x}'
f'{a! r}'
f'{a!}'
f'}'
f'{a b}'
f'{a:{b}'
f'{lambda x: 1}'
f'{a=!}'
t'{'
t'a' 'b'
'a' b'c'
b'é'
'\x1'
'\u12'
'\N{no such name}'
'\N'
x = 0777
x = 08
x = 0xg
x = 0b12
x = 0o8
x = 1_
x = 1__0
x = 1e
x = 1.5e+
x = 12abc
x = 1_000_
x = $
x = a ? b
a ! b
a <> b
x = “quoted”
x = a\ b
x = é€
global x\nx = 1\nglobal x
def f():\n  x = 1\n  global x
def f():\n  print(x)\n  global x
def f(x):\n  global x
def f():\n  nonlocal x
nonlocal x
def f():\n  global x\n  nonlocal x
def f():\n  x: int\n  global x
def f():\n  global x\n  x: int
def f():\n  from a import *
class A:\n  from a import *
from __future__ import nothing
from __future__ import braces
x = 1\nfrom __future__ import annotations
def f():\n  yield\n  await x
async def f():\n  yield 1\n  return 2
async def f():\n  yield from x
async with a: pass
async for a in b: pass
[await x for x in y]
def f():\n  [x async for x in y]
[x for x in (yield)]
def f():\n  [(yield) for x in y]
[x := 1 for x in y]
[i for i in (j := y)]
class A:\n  [x := 1 for y in z]
[(i := 0) for i in x]
{**a for a in b}
[*a for a in b]
[a, b for a in c]
(*a)
(**a)
*a
*a = b
*a, *b = c
a, *b, c, *d = e
print(*)
a[*]
__debug__ = 1
del __debug__
def __debug__(): pass
f(__debug__=1)
match x:\n  case a: pass\n  case b: pass
match x:\n  case _: pass\n  case 1: pass
match x:\n  case a | 1: pass
match x:\n  case (1, a) | (b, 2): pass
match x:\n  case [a, a]: pass
match x:\n  case {1: a, 1: b}: pass
match x:\n  case A(x=1, x=2): pass
match x:\n  case [*a, *b]: pass
match x:\n  case a.b as c.d: pass
match x:\n  case 1 as _: pass
match x:\n  case A(x=1, 2): pass
match x:\n  case 1 + 2: pass
match x\n  case 1: pass
match x:\ncase 1: pass
match x:\n  case 1\n    pass
type X[T, T] = int
type X[] = int
def f[*Ts: int](): pass
def f[T = int, U](): pass
type X = (yield)
def f(x: (yield)): pass
class A[T](x := 1): pass
raise x from
not
x = not
a + not b
-not a
with a as f(): pass
with a, : pass
with (a as b, c as d) pass
@
@a
def f[T: int = str, *U = 1](): pass\nx = (
for x in *a, *b print(x)
x = {a, b: c}
x = {'a' 1}
x = ['a' 'b' c]
foo(a, b for b in c)
return
class A:\n  return 1
def f():\n  class A:\n    yield 1
x.1
1.x
x..y
a b c
if
def
class
lambda
import a.
from .a.b. import c
x = [i for i in]
x = [i for in y]
x = [for i in y]
elif x: pass
except: pass
finally: pass
case 1: pass
@property
x = 1 if else 2
x = a, , b
f(,)
f(a,,b)
{,}
[,]
def f(a,,b): pass
def f(a b): pass
def f(a, b) -> : pass
def 1f(): pass
class 1A: pass
import 1a
x = *a, b = c = 1 +
a.b.c = d e
x = "a" "b" c "d"
x = 'it's'
print('hello)
print("a" + b"
x = (a\ny = 1
def f(:\n  pass
x = {\n  'a': 1\n  'b': 2\n}
x = [\n  1,\n  2\n  3\n]
"""

WARNED = r"""
x = '\d'
x = '\400'
x = b'\q'
x = f'\w{x}'
x is 1
x is not 'a'
1 is x
x is ()
(1)(2)
'a'()
[1](2)
{}(1)
1[0]
None['a']
{1}[0]
[1]['a']
'abc'['a']
(1, 2)[1.5]
[1, 2][1, 2]
assert (x, 'y')
def f():\n  try: pass\n  finally: return 1
for x in y:\n  try: pass\n  finally: break
for x in y:\n  try: pass\n  finally: continue
def f():\n  try: pass\n  finally:\n    for i in x: break
1if x else 2
0x1for x in y
1 is 1, 2 is 2
"""

PROMPT = r"""
x = 1
x = (1,
if a:
if a: b
if a:\n  b
if a:\n  b\n
if a:\n  b\nelse:
def f():
def f():\n  return 1
def f():\n  return 1\n
class A:\n  x = 1\n\n  y = 2\n
x = '''abc
x = '''abc\ndef'''
x = 'abc
x = [\n 1,
x = \
@a
@a\ndef f(): pass
@a\ndef f(): pass\n
a b
x = )
for i in x: print(i)
for i in x: print(i)\n
try:\n  a
try:\n  a\nexcept B:\n  c\n
a; b
a\nb
f'''{a
while 1:\n\n  pass\n
"""


def texts(block):
    return [line.replace("\\n", "\n") for line in block.strip("\n").split("\n")]


def record(mode, text, flags=0):
    print("=== " + mode)
    print(text)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            compile(text, "<text>", "single" if mode == "prompt" else mode, flags, True)
            print("--- fine")
        except SyntaxError as error:
            kind = type(error).__name__.lstrip("_")
            print(f"--- {kind} {error.lineno} {error.offset} {error.end_lineno} {error.end_offset}")
            print(error.msg)
            return
    for warning in seen:
        print(f"{warning.lineno} {warning.message}")


for text in texts(EXEC) + texts(WARNED):
    record("exec", text + "\n")
for text in texts(PROMPT):
    record("prompt", text, 0x4200)
