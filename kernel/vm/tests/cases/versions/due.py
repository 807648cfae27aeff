# Where a due collection happens beside loops and calls, what holds a printed text, and errors that know what they are about.
import collections
import functools
import gc
import sys
import types
import warnings

warnings.simplefilter('ignore')


class Node:
    pass


async def later():
    pass


def printed():
    print()


def unawaited():
    later()


def highest(what):
    # How many more objects there are at once than before and after.
    for more in range(9):
        what()
        what()
        before = gc.get_stats()[0]['collections']
        gc.enable()
        gc.set_threshold(gc.get_count()[0] + more, 1000, 1000)
        what()
        gc.set_threshold(0)
        gc.disable()
        if gc.get_stats()[0]['collections'] == before:
            return more


gc.collect()
gc.disable()
found = [highest(printed), highest(unawaited)]
sys.stdout.flush()
print(*found)

text = 'text' + str(len(found))
print(text)
print(sys.getrefcount(text))
sys.stdout.flush()
print(sys.getrefcount(text))

for thing in Node(), later, types.ModuleType('m'), ValueError(), types.SimpleNamespace(), collections.OrderedDict(), functools.partial(later):
    try:
        del thing.x
    except AttributeError as error:
        print(error, getattr(error, 'name', None), getattr(error, 'obj', None) is thing)

for what in 'line[:]', 'line[0:1] = []', 'del line[:]', "line['k']":
    try:
        exec(what, {'line': collections.deque('ab')})
    except TypeError as error:
        print(error)


def plain(*p, **k):
    return p, k


node = Node()
for _ in range(3):
    try:
        plain(*7, k=node)
    except TypeError as error:
        print(error, sys.getrefcount(node))
