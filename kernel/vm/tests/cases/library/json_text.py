# json with its C parts, queue and statistics.
import json, queue, statistics, io
print(json.dumps({'a': [1, 2.5, None, True, 'é"\n\x7f\x01😀'], 'b': {}, 'c': [], 'd': ()}), json.dumps([1, {'x': [2, {}]}, []], indent=2, sort_keys=True), json.loads('{"a": [1, 2.5e3, null, true, "\\u00e9\\ud83d\\ude00\\ud800"], "é": "ü\\n"}'), json.dumps('é😀', ensure_ascii=False), json.dumps({1: 2, None: 3, True: 4, 1.5: 5}, separators=(',', ':')))
for bad in ('{', '[1,]', '{"a":1,}', '{"a" 1}', 'nul', '"\x01"', '', '{"a":1}x', '"\\x"', '"\\u12"', '"\\u12g4"', '"abc', '[1 2]', "{'a': 1}", '-', '1.', '1e', '[', '[1', '{"a":', '"\\', '{"a":1 "b"}', '\ufeff{}', ' \n [1,\n x]', '{1: 2}'):
    try: print(json.loads(bad))
    except json.JSONDecodeError as e: print(e)
class E(json.JSONEncoder):
    def default(self, o): return repr(o)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e, getattr(e, '__notes__', None))
x = []; x.append(x)
y = {}; y['y'] = y
for f in (lambda: json.dumps(set()), lambda: json.dumps([1, {'a': (2, object)}]).split(' at ')[0], lambda: json.dumps(x), lambda: json.dumps(y), lambda: json.dumps({(1,): 2}), lambda: json.dumps({(1,): 2}, skipkeys=True), lambda: json.dumps(float('nan'), allow_nan=False), lambda: json.dumps([float('inf'), -float('inf')]), lambda: json.dumps({'x': 1j, 'y': [int]}, cls=E), lambda: json.dumps({'b': 1, 'a': 2}, sort_keys=True), lambda: json.dumps({'b': 1, 2: 2}, sort_keys=True), lambda: json.dumps([1, [2]], indent='\t'), lambda: json.dumps({}, indent=1), lambda: json.loads('[1.0, 10, 12345678901234567890123]', parse_float=str, parse_int=hex), lambda: json.loads('[1]', parse_int=lambda s: s*2), lambda: json.loads('{"a":1, "a":2}', object_pairs_hook=list), lambda: json.loads('{"a":{"b":1}}', object_hook=lambda d: list(d)), lambda: json.loads('[NaN, Infinity, -Infinity]'), lambda: json.loads('NaN', parse_constant=str.lower), lambda: json.loads(b'"\xc3\xa9"'), lambda: json.loads(1), lambda: json.loads('"\n"', strict=False), lambda: json.JSONDecoder().raw_decode('[1] x'), lambda: list(json.JSONEncoder().iterencode({'a': [1, {'b': 2}]})), lambda: json.dumps(10**30), lambda: json.dumps(type('S', (str,), {})('q')), lambda: json.dumps(type('I', (int,), {'__repr__': lambda s: 'bad'})(5)), lambda: json.dumps(type('L', (list,), {})([1])), lambda: json.dumps(True), lambda: json.dumps('a', cls=E, default=1), lambda: json.load(io.StringIO('{"k": [1, 2]}')), lambda: json.dumps({'a': 1, 'b': [1, 2]}, indent=4, separators=(';', '=')), lambda: json.loads('-0'), lambda: json.loads('-0.0'), lambda: json.loads('1E5'), lambda: json.loads('[]  '), lambda: json.loads('"' + 'é' * 3 + '\\t"')):
    t(f)
def deep(n):
    r = None
    for _ in range(n): r = [r]
    return r
q = queue.SimpleQueue(); q.put(1); print(q.get(), q.qsize(), q.empty()); t(q.get_nowait); t(lambda: q.get(timeout=.01)); t(lambda: q.get(False)); t(lambda: q.get(timeout=-1)); print(type(q), queue.Empty.__module__)
print([statistics.NormalDist(5, 2).inv_cdf(p) for p in (.001, .1, .5, .77, .99, 1e-15)]); t(lambda: statistics.NormalDist().inv_cdf(1.0))
