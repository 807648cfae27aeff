# Patterns on whatever has bytes; views, rows and formats that meet each other; templates taken apart.
import array, json, pickle, re, struct
from datetime import timedelta
from string.templatelib import Interpolation, Template
def t(*all):
    for f in all:
        try: print(f())
        except (Exception, MemoryError) as e: print(type(e).__name__, e)
b, a, m = bytearray(b'xyz:a'), array.array('B', b'xyz:a'), memoryview(b'xyz:a')
for s in (b, a, m):
    t(lambda: re.sub(b'y', bytearray(b'q'), s), lambda: re.sub(b'nix', b'', s), lambda: re.split(b':', s), lambda: re.findall(b'[a-z]+', s), lambda: re.match(b'x', s).group(), lambda: re.match('x', s), lambda: [f.span() for f in re.finditer(b'[xa]', s)])
it = re.finditer(b'a', b); t(lambda: b.extend(b'x')); list(it); del it; b.extend(b'x'); print(b)
t(lambda: re.sub(b'y', lambda f: b.clear() or b'', b), lambda: re.match('\ufb05', '\ufb06', re.I), lambda: re.match('[\ufb04-\ufb05]', '\ufb06', re.I))
f = re.search(b'z.*', b); del b[2:]; print(f.group(), f.span())
one = array.array('i', [1, 2])
t(lambda: one * (1 << 60), lambda: one.__imul__(1 << 61), lambda: memoryview(one) == array.array('q', [1, 2]), lambda: memoryview(b'\x01\x02').cast('?') == memoryview(b'\x02\x01').cast('?'), lambda: memoryview(b'\x00\x00\xc0\x7f').cast('f') == memoryview(b'\x00\x00\xc0\x7f').cast('f'), lambda: memoryview(struct.pack('3e', 0, -1.5, 1e4)).cast('e').tolist(), lambda: memoryview(b'ab')[0:1, 0:1])
class Row(array.array):
    def __hash__(self): m.release(); return 1
m = memoryview(Row('B', b'ab')).toreadonly()
t(lambda: hash(m), lambda: m.release(), lambda: struct.calcsize('2\0i'), lambda: struct.pack_into('<I', bytearray(9), 2 ** 63 - 1, 1))
t(lambda: json.dumps({(1, 2): 3}, skipkeys=True, indent=1), lambda: json.loads('"\\u0041'), lambda: json.loads('"\\u004'), lambda: json.dumps({'a': [1, {}]}, indent=1))
class Ratio(float):
    def as_integer_ratio(self): return self.r
for r in ((), [], (1, 2, 3), (1, 0), (0, 0), 7, (1, -2), (3, 2)):
    x = Ratio(1.5); x.r = r
    t(lambda: timedelta(3) * x, lambda: timedelta(3) / x)
n = 3; x = t'a{n!r:>5}'
match x.interpolations[0]:
    case Interpolation(value, text, conversion, spec): print(value, text, conversion, spec)
t(lambda: x + 's', lambda: x + 3, lambda: Interpolation('s', 3), lambda: Interpolation('s', conversion=4), lambda: Interpolation('s', 'e', 'x'), lambda: Template(3), lambda: list(x), lambda: type(iter(x)), lambda: pickle.loads(pickle.dumps(x)), lambda: Template[int], lambda: list(t'{n}{n}b'))
for c in (re.Pattern, type(iter({})), type(iter(one)), type(iter(x)), int): t(lambda: object.__new__(c))
i = iter(one); next(i); j = pickle.loads(pickle.dumps((i, one)))[0]; i.__setstate__(-1); print(list(i), list(j), i.__reduce__())
