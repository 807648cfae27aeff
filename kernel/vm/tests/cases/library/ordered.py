# collections.OrderedDict.
import collections, gc, pickle, copy, sys
OD = collections.OrderedDict
od = OD(a=1, b=2)
od["c"] = 3
print(od, od.keys(), od.items(), od.values(), sys.getsizeof(od), sys.getsizeof(OD()), list(reversed(od)), list(reversed(od.items())))
od.move_to_end("a")
print(od)
od.move_to_end("c", last=False)
print(od, od.popitem(), od.popitem(last=False), od, list(od), dict(od), {**od})
class K:
    pass
k = K()
held = OD([(k, k)])
print(sys.getrefcount(k), len(gc.get_referents(held)), gc.is_tracked(held), [type(r).__name__ for r in gc.get_referents(held)])
del held[k]
print(sys.getrefcount(k))
held[k] = 1
other = held.copy()
print(sys.getrefcount(k))
held.clear()
other.clear()
print(sys.getrefcount(k))
for i in range(100):
    held[i] = held[str(i)] = k
for i in range(0, 100, 3):
    held.pop(i)
print(len(held), sys.getrefcount(k), sys.getsizeof(held))
del held
print(sys.getrefcount(k))
gc.collect()
loop = OD()
loop[k] = loop
k.l = loop
del k, loop
print(gc.collect())
loop = OD()
loop["s"] = loop
loop.x = 1
del loop, other
print(gc.collect())
keys = [K() for _ in range(50)]
loop = OD.fromkeys(keys)
loop["me"] = loop
keys[0].l = loop
del loop
print(gc.collect(), sys.getrefcount(keys[1]))
od = OD.fromkeys("abc")
def changes(*steps):
    for step in steps:
        it = iter(od)
        next(it)
        try:
            step()
            next(it)
        except RuntimeError as e:
            print(e)
changes(lambda: od.update(z=1), lambda: od.move_to_end("a"), lambda: od.pop("z"), od.clear)
od = OD(x=1, y=2)
it = iter(od.items())
print(next(it), it.__reduce__()[1], list(it), list(it), type(it))
print(OD(a=1, b=2) == OD(b=2, a=1), OD(a=1, b=2) == {"b": 2, "a": 1}, OD(a=1) != OD(a=1), OD(a=1).__lt__(1))
print(OD(a=1) | {"b": 2}, {"b": 2} | OD(a=1), type({} | OD()))
od |= [("z", 3)]
print(od, od.pop("q", 5), od.setdefault("x"), od.setdefault("n"), od)
class Sub(OD):
    def __missing__(self, key):
        return key * 2
s = Sub(a=1)
s.attr = 5
print(s, s["bb"], s.copy(), s.__reduce__()[2], pickle.loads(pickle.dumps(s)).attr, copy.deepcopy(s), copy.copy(od))
s["me"] = s
print(s)
for wrong in (lambda: OD(1), lambda: OD([1]), lambda: OD([(1,)]), lambda: OD([(1, 2, 3)]), lambda: OD(1, 2), lambda: od.pop("no"),
              lambda: od.move_to_end("no"), lambda: OD().popitem(), lambda: od.__setitem__([], 1), lambda: od.__delitem__("no"), lambda: hash(od)):
    try:
        wrong()
    except (TypeError, ValueError, KeyError) as e:
        print(type(e).__name__, e)
cache = OD()
for i in range(1000):
    cache[i % 7] = i
    cache.move_to_end(i % 7)
    if len(cache) > 5:
        cache.popitem(last=False)
print(cache)
# A subclass's own methods are not asked by pop and popitem.
class Counted(OD):
    def __getitem__(self, key):
        print("get", key)
        return super().__getitem__(key)
    def __delitem__(self, key):
        print("del", key)
        super().__delitem__(key)
c = Counted(a=1, b=2, c=3)
print(c.pop("a"), c.popitem(), c.pop("no", 0), c["b"], c.__dict__, c.__reduce__()[2])
class Clearing(OD):
    def __getitem__(self, key):
        self.clear()
        return 1
try:
    Clearing(a=1, b=2).copy()
except RuntimeError as e:
    print(e)
