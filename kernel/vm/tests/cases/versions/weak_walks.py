# Weak containers that change while somebody goes through them: up to 3.13 they note what has died, since 3.14 a walk has a copy.
import gc
import sys
import weakref

gc.disable()
gc.collect()


class Thing:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n  # A set of weak references has the same order in every process.

    __eq__ = object.__eq__


class Equal(Thing):
    def __eq__(self, other):
        return isinstance(other, Equal) and self.n == other.n

    def __hash__(self):
        return hash(self.n)


def things(n, kind=Thing):
    return [kind(i) for i in range(n)]


def attempt(work):
    try:
        return work()
    except Exception as error:
        return type(error).__name__, str(error)


def filled(kind, kept):
    container = kind()
    for thing in kept:
        if kind is weakref.WeakSet:
            container.add(thing)
        elif kind is weakref.WeakKeyDictionary:
            container[thing] = thing.n
        else:
            container[thing.n] = thing
    thing = None
    return container


KINDS = weakref.WeakValueDictionary, weakref.WeakKeyDictionary, weakref.WeakSet
WALKS = {
    "values": lambda c: c.values(), "keys": lambda c: c.keys(), "items": lambda c: c.items(), "iter": iter,
    "refs": lambda c: c.itervaluerefs() if hasattr(c, "itervaluerefs") else iter(c.keyrefs()),
}

print("what a container is made of")
for kind in KINDS:
    container = kind()
    print(kind.__name__, sorted(vars(container)), [type(held).__name__ for held in gc.get_referents(container)])
    container.me = container
    del container
    print(gc.collect())

print("a walk, and deaths during it")
for kind in KINDS:
    for name, walk in WALKS.items():
        if kind is weakref.WeakSet and name != "iter":
            continue
        kept = things(4)
        container = filled(kind, kept)
        it = iter(walk(container))
        first = next(it)
        del first
        kept.pop()
        kept.pop()
        print(kind.__name__, name, len(container.data), len(container), len(container.data), attempt(lambda: len(list(it))), len(container), len(container.data))

print("without asking for the length")
for kind in KINDS:
    kept = things(4)
    container = filled(kind, kept)
    it = iter(container)
    first = next(it)
    del first, kept[2:]
    print(kind.__name__, len(container.data), attempt(lambda: len(list(it))), len(container.data))

print("left half-way")
for kind in KINDS:
    kept = things(4)
    container = filled(kind, kept)
    it = iter(container)
    first = next(it)
    del first, kept[1:]
    before = len(container.data)
    it.close()
    print(kind.__name__, before, len(container.data))
    it = iter(container)
    first = next(it)
    del first, container
    print(attempt(lambda: len(list(it))))

print("two walks at once")
for kind in KINDS:
    kept = things(3)
    container = filled(kind, kept)
    one, other = iter(container), iter(container)
    next(one), next(other)
    del kept[1:]
    one.close()
    middle = len(container.data)
    other.close()
    print(kind.__name__, middle, len(container.data))

print("changed during a walk")
for kind in KINDS:
    kept = things(3)
    container = filled(kind, kept)
    late = Thing(9)

    def add():
        for thing in container:
            if kind is weakref.WeakSet:
                container.add(late)
            elif kind is weakref.WeakKeyDictionary:
                container[late] = 9
            else:
                container[9] = late
        return len(container)

    def remove():
        n = 0
        for thing in container:
            n += 1
            if kind is weakref.WeakSet:
                container.discard(kept[2])
            elif kind is weakref.WeakKeyDictionary:
                container.pop(kept[2], None)
            else:
                container.pop(2, None)
        return n, len(container)

    print(kind.__name__, attempt(add), attempt(remove), attempt(lambda: [container.clear() for thing in container]), len(container))

print("a key that comes back")
kept = things(2)
values = filled(weakref.WeakValueDictionary, kept)
it = iter(values)
next(it)
kept.pop()
print(len(values.data), attempt(lambda: values[1]), values.get(1), 1 in values)
new = Thing(1)
values[1] = new
it.close()
print(values[1] is new, len(values))
print(values.setdefault(1, None) is new, values.pop(1) is new, len(values))

print("equal keys")
kept = things(3, Equal)
keys = filled(weakref.WeakKeyDictionary, kept)
it = iter(keys)
next(it)
del kept[1]
keys[Equal(0)] = "again"
same = Equal(1)
keys[same] = "new"
print(len(keys.data), len(keys), sorted(str(value) for value in keys.values()), attempt(lambda: len(list(it))))
print(len(keys.data), len(keys), keys[same])

print("dead and taken during a walk")
kept = things(3)
keys = filled(weakref.WeakKeyDictionary, kept)
it = iter(keys)
next(it)
del kept[2]
taken = attempt(lambda: keys.popitem()[1])
print(taken, len(keys.data), len(keys))
it.close()
print(len(keys))

print("copies")
import copy
for kind in KINDS:
    kept = things(3)
    container = filled(kind, kept)
    twin = container.copy()
    print(kind.__name__, len(twin), [sys.getrefcount(thing) - sys.getrefcount(Thing(0)) for thing in kept])
    if kind is not weakref.WeakSet:
        print(len(copy.copy(container)), len(copy.deepcopy(container)))

print("who holds")
kept = things(2)
values = filled(weakref.WeakValueDictionary, kept)
it = iter(values.items())
next(it)
print(sorted(type(holder).__name__ for holder in gc.get_referrers(values.data) if holder is not values), sys.getrefcount(values.data) - sys.getrefcount([]))
print(len(weakref.getweakrefs(values)), sys.getrefcount(weakref.ref(values)) - sys.getrefcount([]))
it.close()
print(len(weakref.getweakrefs(values)), sys.getrefcount(weakref.ref(values)) - sys.getrefcount([]))
