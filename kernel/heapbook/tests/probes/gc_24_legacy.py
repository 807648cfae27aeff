# unreachable objects with __del__: what is collected, what is kept, what is told
from __future__ import print_function
import sys, gc
gc.collect(); gc.disable()
import weakref
log = []
class D(object):
    def __init__(self, n): self.n = n
    def __del__(self): log.append('del ' + str(self.n))
class P(object):
    def __init__(self, n): self.n = n
def name(o): return o.n
def show(l):
    gc.collect()
    print(l, log, list(map(name, gc.garbage))); del log[:]
    while gc.garbage:
        o = gc.garbage.pop(0); o.__dict__.pop('me', 0); o.__dict__.pop('x', 0); del o
    gc.collect(); print('  broken up', log); del log[:]
a = D('a'); a.me = a; del a; show('one with __del__ in a cycle of its own')
a = P('a'); a.me = a; r = weakref.ref(a); del a; show('one without'); print(r() is None)
a, b = D('a'), P('b'); a.x = b; b.x = a; r = weakref.ref(b); del a, b; show('a pair, one with __del__'); print(r() is None)
a, b = D('a'), D('b'); a.x = b; b.x = a; del a, b; show('a pair, both with __del__')
p = P('p'); p.me = p; p.d = D('d'); del p; show('behind a cycle')
d = D('d'); d.p = P('p'); d.p.me = d.p; del d; print('no cycle of its own', log); del log[:]; show('and what it held')
d = D('d'); l = [d]; l.append(l); del d, l; show('held by a list that holds itself')
class E(D): pass
e = E('e'); e.me = e; del e; show('inherited')
class S(object):
    __slots__ = ('n', 'me')
    def __del__(self): log.append('del slots')
s = S(); s.n = 's'; s.me = s; del s; gc.collect(); print('slots', log, list(map(name, gc.garbage)))
for o in gc.garbage: del o.me
del gc.garbage[:]; gc.collect()
try: del o
except NameError: pass
print('  broken up', log); del log[:]
a = D('a'); a.me = a; r = weakref.ref(a, lambda r: log.append('callback')); del a; show('with a callback outside')
def gen():
    try: yield
    finally: log.append('finally')
g = gen(); next(g); h = {'g': g}; h['h'] = h; del g, h; gc.collect(); print('a generator behind a cycle', log); del log[:]
