# functools, operator, heapq and bisect.
import bisect, collections, functools, gc, heapq, operator, sys
from functools import Placeholder as _

p = functools.partial(int, base=2)
print(p, p("101"), sys.getsizeof(p), gc.is_tracked(p), p.func, p.args, p.keywords)
print(functools.partial(p, "11")(), functools.partial(p, base=8)("11"))
q = functools.partial(divmod, _, 3)
print(q, q(10), functools.partial(q, 11)())
for wrong in (q, functools.partial, lambda: functools.partial(1), lambda: functools.partial(divmod, 1, _)):
    try:
        wrong()
    except TypeError as e:
        print(e)
x = object()
print(functools.partial(sys.getrefcount, x)(), functools.partial(sys.getrefcount)(x), sys.getrefcount(x))
class C:
    m = functools.partial(lambda *a: len(a), 1)
print(C().m(2), C.m(2))
p.extra = 1
print(p.__dict__, p.__reduce__()[1:])

@functools.lru_cache(maxsize=3)
def f(n):
    print("called", n)
    return [n]
for i in 1, 2, 3, 1, 4, 2:
    f(i)
print(f.cache_info(), sys.getsizeof(f), gc.is_tracked(f), f.cache_parameters())
f.cache_clear()
print(f.cache_info())
k = 1, 2
@functools.cache
def g(*a, **kw):
    return a, kw
g(k)
print(sys.getrefcount(k))
g(1, x=2), g(1, x=2), g(1.0, x=2)
print(g.cache_info())
@functools.lru_cache(typed=True)
def h(n):
    return n
h(1), h(1.0), h(True), h(1)
print(h.cache_info())
class A:
    @functools.lru_cache
    def m(self):
        return self
a = A()
a.m()
print(sys.getrefcount(a))
A.m.cache_clear()
print(sys.getrefcount(a))
gc.collect()
a.m()
a.f = A.m
del a
print(gc.collect())
del A
print(gc.collect() > 0)
try:
    functools.lru_cache(maxsize="x")(len)
except TypeError as e:
    print(e)

print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))
K = functools.cmp_to_key(lambda a, b: (a > b) - (a < b))
print(K(1) < K(2), K(1) == K(1), K(obj=3).obj)
for wrong in (lambda: K(1) < 2, lambda: hash(K(1)), lambda: K()):
    try:
        wrong()
    except TypeError as e:
        print(e)
print(functools.reduce(operator.add, [1, 2, 3], 10), functools.reduce(lambda a, b: a * b, [1, 2, 3]))
for wrong in (lambda: functools.reduce(max, []), lambda: functools.reduce(max, 1)):
    try:
        wrong()
    except TypeError as e:
        print(e)

heap = [5, 3, 8, 1, 9, 2]
heapq.heapify(heap)
print(heap, heapq.heappop(heap), heapq.heappushpop(heap, 0), heapq.heapreplace(heap, 7), heap)
heapq.heappush(heap, 1)
print(heap, heapq.nsmallest(2, heap), heapq.nlargest(2, heap), list(heapq.merge([1, 4], [2, 3])))
heapq.heapify_max(heap)
print(heap, heapq.heappop_max(heap), heapq.heappushpop_max(heap, 4), heap)
for wrong in (lambda: heapq.heappop([]), lambda: heapq.heappush((), 1), lambda: heapq.heapify(1), lambda: heapq.heapify([1, "a"])):
    try:
        wrong()
    except (TypeError, IndexError) as e:
        print(type(e).__name__, e)

row = [1, 2, 2, 3]
print(bisect.bisect(row, 2), bisect.bisect_left(row, 2), bisect.bisect(row, 2, 0, 1), bisect.bisect_left(row, -2, key=operator.neg))
bisect.insort(row, 2.5)
bisect.insort_left(row, 0)
print(row)
for wrong in (lambda: bisect.bisect(row, 1, -1), lambda: bisect.bisect(row), lambda: bisect.bisect(5, 1)):
    try:
        wrong()
    except (TypeError, ValueError) as e:
        print(e)

print(operator.itemgetter(1)([1, 2]), operator.itemgetter(1, 0)([1, 2]), operator.attrgetter("real", "imag")(3))
print(operator.methodcaller("split", ",", maxsplit=1)("a,b,c"), operator.attrgetter("__class__.__name__")(1))
print(operator.itemgetter(1, 2), operator.itemgetter("a"), operator.attrgetter("a.b", "c"), operator.methodcaller("x", 1, y=2))
print(operator.itemgetter(1, 2).__reduce__(), operator.methodcaller("x", 1).__reduce__())
print(operator.iadd([1], [2]), operator.concat("a", "b"), operator.indexOf([1, 2], 2), operator.countOf("aba", "a"))
print(operator.length_hint(iter([1, 2])), operator.length_hint(1, -5), operator.truth([]), operator.not_(1), operator.index(True))
print(operator.pow(2, 3), operator.ipow(2, 3), operator.contains([1], 1), operator.is_none(None), operator.call(max, 1, 2, key=operator.neg))
for wrong in (lambda: operator.concat(1, 2), lambda: operator.indexOf([], 1), lambda: operator.itemgetter(), lambda: operator.itemgetter(1)(),
              lambda: operator.add(1), lambda: operator.attrgetter(1), lambda: operator.methodcaller()):
    try:
        wrong()
    except (TypeError, ValueError) as e:
        print(e)
