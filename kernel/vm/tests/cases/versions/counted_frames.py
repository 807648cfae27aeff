# What calls, generators and tracebacks add to the young count, and which frames the collector knows.
import gc
import sys
import types

gc.collect()
gc.disable()


def young():
    return gc.get_count()[0]


def change(do):
    before = young()
    do()
    return young() - before


def again(do):
    change(do)
    return [change(do), change(do)]


young()
change(lambda: 0)


def first():
    pass


print('a first call and later ones', change(first), change(first), change(first))


def deep(n):
    return deep(n - 1) if n else 0


for n in [10, 10, 15]:
    print('deeper than before', change(lambda: deep(n)))


def three():
    yield 1
    yield 2


def run(make):
    for _ in make():
        pass


print('a generator that ends', again(lambda: run(three)))
kept = [three(), three(), three()]
print('generators kept', [type(one).__name__ for one in gc.get_referents(kept[0]) if type(one) is types.FrameType])
print('frames known', sum(type(one) is types.FrameType for one in gc.get_objects()))
print('and the code twice', sum(one is three.__code__ for one in gc.get_referents(kept[0])))
for one in kept:
    next(one)
print('frames known', sum(type(one) is types.FrameType for one in gc.get_objects()))
kept[0].close()
print('after a close', sum(type(one) is types.FrameType for one in gc.get_objects()))
del kept, one


def fails():
    raise ValueError


def catch():
    try:
        fails()
    except ValueError as error:
        return error


error = catch()
print('frames of a traceback', sum(type(one) is types.FrameType for one in gc.get_objects()))
print(gc.is_tracked(sys._getframe()), gc.is_tracked(error.__traceback__.tb_frame))
del error
print('and without it', sum(type(one) is types.FrameType for one in gc.get_objects()))


def own():
    frame = sys._getframe()
    frame.f_locals
    return sys.getrefcount(frame)


print('a frame in its own local', own(), gc.collect())


def outer():
    def inner():
        return sys.getrefcount(sys._getframe(1)), sys.getrefcount(sys._getframe())
    return inner()


print('a frame of a caller', outer())


def ring():
    def walk():
        yield walk
        yield held
    held = walk()
    next(held)


ring()
print('a generator that holds itself', gc.collect())
print(sys.getsizeof(three()), sys.getsizeof(own.__code__) % 8, three().__sizeof__() == three.__code__.co_stacksize * 8)
