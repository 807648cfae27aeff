# What the iterators of itertools hold, before their first item and after it.
import gc
import itertools


def kinds(x):
    return sorted(type(held).__name__ for held in gc.get_referents(x))


d = itertools.accumulate([[1], [2]])
print(kinds(d))
next(d)
print(kinds(d))
print(kinds(itertools.accumulate([1, 2], initial=[])))
d = itertools.accumulate([1, 2], max, initial=5)
print(kinds(d))
next(d)
print(kinds(d), next(d), kinds(d))
print(kinds(itertools.accumulate([1, 2], None)))

for made in (
    itertools.repeat(1),
    itertools.repeat([], 3),
    itertools.count(),
    itertools.count(10**6),
    itertools.count(10**30),
    itertools.count(1, 2),
    itertools.cycle([1]),
    itertools.chain([1], [2]),
    itertools.islice([1], 2),
    itertools.groupby([1]),
    itertools.zip_longest([1]),
    itertools.zip_longest([1], fillvalue=2),
    itertools.takewhile(None, [1]),
    itertools.dropwhile(None, [1]),
    itertools.filterfalse(None, [1]),
    itertools.pairwise([1]),
    itertools.batched([1], 2),
    itertools.compress([1], [1]),
    itertools.starmap(int, [1]),
    itertools.product([1], [2]),
    itertools.permutations([1, 2]),
    itertools.combinations([1, 2], 1),
    itertools.combinations_with_replacement([1, 2], 1),
    itertools.tee([1])[0],
    filter(None, [1]),
    map(int, [1]),
    zip([1]),
    enumerate([1]),
    reversed([1]),
):
    before = kinds(made)
    try:
        next(made)
    except (StopIteration, TypeError):
        pass
    print(type(made).__name__, before, kinds(made))
