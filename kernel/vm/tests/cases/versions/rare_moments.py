# What only random programs had met: where a due collection happens, what a frame shows, which room a list has, which dict is tracked.
import collections
import gc
import sys
import warnings

warnings.simplefilter('ignore')
gc.collect()
gc.disable()


def named(text, key=None):
    return text


def where(run):
    # How many collections there were when a call was over: the first time, the second, the third.
    told = []
    for _ in range(3):
        gc.collect()
        before = gc.get_stats()[0]['collections']
        gc.set_threshold(2)
        gc.enable()
        try:
            run()
        except TypeError as error:
            told.append(type(error).__name__)
        gc.disable()
        told.append(gc.get_stats()[0]['collections'] - before)
    print(run.__name__, *told)


# A native call with keywords does what waits, in 3.14 from its second run on.
def keywords():
    lists = [[], [], []]
    max(lists, key=len)
    del lists


# To tell of a callable is to ask for a text, which does what waits.
def no_mapping():
    named(*([], [], []), **5)


def no_argument():
    (lambda self, *, missing: None)([[], []])


for run in keywords, no_mapping, no_argument:
    where(run)


# The highest number of new objects, while the next older generation is always due.
def highest(run):
    for threshold in range(1, 40):
        gc.collect()
        gc.collect(0)
        gc.set_threshold(threshold, 0, 1000)
        gc.enable()
        run()
        gc.disable()
        if gc.get_count()[2] == 0:
            return threshold


print(highest(lambda: type('Made', (), {})), highest(lambda: type('Made', (), {'__slots__': ('x',)})))


async def never():
    await None


def line_of_lost_frame():
    coroutine = never()
    frame = coroutine.cr_frame
    del coroutine
    return frame.f_lineno - never.__code__.co_firstlineno


print(line_of_lost_frame())

first, *rest = (1, 2)
print(sys.getsizeof(rest))
first, *rest, last = (1, 2, 3, 4, 5)
print(sys.getsizeof(rest))
*rest, last = (number for number in (1, 2))
print(rest, last)


def kinds(things):
    return sorted(type(thing).__name__ for thing in things)


def running():
    local = [[]]
    print(kinds(gc.get_referrers(local)))
    print(kinds(referrers(local)))
    yield
    print(kinds(referrers(local)))


def referrers(thing):
    return [holder for holder in gc.get_referrers(thing) if type(holder).__name__ == 'generator']


for _ in running():
    pass


# Up to 3.13, a class's dict becomes tracked with the first value of a kind that the collector knows.
def dict_is_tracked(cls):
    return [gc.is_tracked(held) for held in gc.get_referents(cls) if type(held) is dict]


class Base:
    pass


class Plain(Base):
    x = object()


print(dict_is_tracked(Plain), gc.is_tracked({'x': object()}))
Plain.x = 1
print(dict_is_tracked(Plain))
Plain.x = len, []
print(dict_is_tracked(Plain))

print(collections.deque.__annotations__)
code = named.__code__
print(code.co_varnames is code.co_varnames, code.replace().co_varnames is code.co_varnames)
