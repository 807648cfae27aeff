"""Writes scenes.txt: random programs for a heap, and what CPython 3.14 does with them.

    python3.14 make.py > scenes.txt

A scene is a list of lines. `v[0]`, `v[1]` … are its variables, which the collector does not see.

    L i        v[i] = []                    T i a b    v[i] = (v[a], v[b])
    I i        an instance                  F i        an instance with a finalizer
    R i        one that comes back to life  D i        v[i] = {}
    W i t      v[i] = ref(v[t])             B i t      the same with a callback
    A i j      v[i] gets hold of v[j]       X i        v[i] = None
    C g        gc.collect(g)                G g        gc.get_objects(g), ours only
    K i        gc.is_tracked(v[i])          N i        sys.getrefcount(v[i]), without the argument

What CPython answered follows after `=`; what finalizers and callbacks did follows on lines that begin with `>`.
"""
import gc
import random
import sys
import weakref

SIZE = 14
v = [None] * SIZE
names = {}
types = {}
said = []


class I:
    def __init__(self, name):
        self.name = name
        self.a = None
        self.b = None


class F(I):
    def __del__(self):
        said.append('> del %s' % self.name)


class R(I):
    def __del__(self):
        said.append('> back %s' % self.name)
        v[int(self.name.split('.')[0])] = self


def callback(ref):
    said.append('> callback %s' % names[id(ref)])


def known(obj, name):
    names[id(obj)] = name
    types[id(obj)] = type(obj)
    return obj


def strange(*objects):
    # A list of this program may stand where one of the scene's has died.
    for obj in objects:
        names.pop(id(obj), None)


def hold(a, b):
    if type(a) is list:
        a.append(b)
    elif type(a) is dict:
        a[len(a) % 3] = b
    elif isinstance(a, I):
        a.a, a.b = b, a.a


def line(words, serial):
    op, args = words[0], [int(w) for w in words[1:]]
    strange(args, said)
    i = args[0]
    name = '%d.%d' % (i, serial)
    if op == 'L':
        v[i] = known([], name)
    elif op == 'D':
        v[i] = known({}, name)
    elif op == 'T':
        v[i] = known((v[args[1]], v[args[2]]), name)
    elif op in 'IFR':
        v[i] = known({'I': I, 'F': F, 'R': R}[op](name), name)
    elif op == 'W':
        before = weakref.getweakrefcount(v[args[1]])
        v[i] = weakref.ref(v[args[1]])
        if weakref.getweakrefcount(v[args[1]]) > before:
            known(v[i], name)
    elif op == 'B':
        v[i] = known(weakref.ref(v[args[1]], callback), name)
    elif op == 'A':
        hold(v[i], v[args[1]])
    elif op == 'X':
        v[i] = None
    elif op == 'C':
        return gc.collect(i)
    elif op == 'K':
        return gc.is_tracked(v[i])
    elif op == 'N':
        return sys.getrefcount(v[i]) - 1
    elif op == 'G':
        objects = gc.get_objects(i)
        answer = ''
        strange(objects)
        for o in objects:
            if id(o) in names and types[id(o)] is type(o):
                answer += names[id(o)] + ' '
        return answer.rstrip()


def scene(seed):
    rng = random.Random(seed)
    print('scene', seed)
    serial = 0
    steps = 60
    while steps > 0:
        steps -= 1
        full = [i for i in range(SIZE) if v[i] is not None]
        empty = [i for i in range(SIZE) if v[i] is None]
        strange(full, empty)
        op = rng.choice('LLTTIFFRRDWBBB' + 'A' * 26 + 'X' * 10 + 'CCGKN')
        if op in 'LIFRD' and empty:
            words = op, rng.choice(empty)
        elif op == 'T' and empty and full:
            words = op, rng.choice(empty), rng.choice(full), rng.choice(full)
        elif op in 'WB' and empty:
            targets = [i for i in full if isinstance(v[i], I)]
            if not targets:
                continue
            words = op, rng.choice(empty), rng.choice(targets)
        elif op == 'A' and full:
            words = op, rng.choice(full), rng.choice(full)
        elif op in 'XKN' and full:
            words = op, rng.choice(full)
        elif op in 'CG':
            words = op, rng.choice([0, 0, 1, 2])
        else:
            continue
        run(words, serial)
        serial += 1
    for words in (('G', 0), ('G', 1), ('G', 2), ('C', 2), ('G', 2)):
        run(words, serial)
    for i in range(SIZE):
        run(('X', i), serial)
    run(('C', 2), serial)
    run(('C', 2), serial)
    # Those who come back do so once.
    for i in range(SIZE):
        run(('X', i), serial)
    run(('C', 2), serial)


def run(words, serial):
    answer = line(words, serial)
    text = ' '.join(map(str, words))
    print(text if answer is None else '%s = %s' % (text, answer))
    for word in said:
        print(word)
    said.clear()


gc.disable()
print('# Written by make.py on CPython %d.%d.' % sys.version_info[:2])
I('warm').a = I('up')
known(None, ''), names.clear()
gc.collect()
gc.freeze()
for seed in range(100):
    scene(seed)
    for _ in range(SIZE):
        v[:] = [None] * SIZE
        gc.collect()
    said.clear()
    names.clear()
    gc.freeze()
