# Contexts of exceptions, context managers, and slots that lead to themselves.
import asyncio
import copy
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from contextlib import contextmanager


class Mine(Exception):
    pass


def raise_without_context():
    exc = Mine()
    try:
        raise exc
    finally:
        exc.__context__ = None


class Manager:
    def __enter__(self):
        pass

    def __exit__(self, *args):
        raise_without_context()


@contextmanager
def managed():
    try:
        yield
    except BaseException:
        raise_without_context()


for make in Manager, managed:
    try:
        with make():
            raise IndexError
    except Mine as error:
        print(repr(error.__context__))


def inner():
    yield


def outer():
    try:
        raise KeyError("a")
    except KeyError:
        yield from inner()


gen = outer()
next(gen)
try:
    gen.throw(ValueError)
except ValueError as error:
    print(repr(error.__context__))


class NoException(Exception):
    def __new__(cls, *args):
        return cls


def catches():
    try:
        yield
    except TypeError as error:
        print(str(error).replace("__main__.", ""))


gen = catches()
next(gen)
try:
    gen.throw(NoException)
except StopIteration:
    print("stopped")


class Endless:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration


async def main():
    print(await anext(Endless(), "default"))


asyncio.run(main())


class Called:
    pass


Called.__call__ = Called()
Called.__repr__ = Called.__str__
for use in (lambda: Called()(), lambda: str(Called())):
    try:
        use()
    except RecursionError:
        print("RecursionError")


class Bases:
    @property
    def __bases__(self):
        return (self, self)


try:
    issubclass(Bases(), int)
except RecursionError:
    print("RecursionError")


class BadSuper:
    def method(self):
        return super(1, self).method()


try:
    BadSuper().method()
except TypeError as error:
    print(error)
try:
    type.__setattr__(BadSuper, b"x", None)
except TypeError as error:
    print(error)


class Old:
    pass


class Younger(Old):
    pass


class Plain:
    pass


class Map(Mapping):
    def __getitem__(self, key):
        return 1

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


class Both(Plain, Map):
    pass


Sequence.register(Old)
for subject in Younger(), Both():
    match subject:
        case [*_]:
            print("sequence")
        case {**_rest}:
            print("mapping")
        case _:
            print("neither")

queue = deque(range(5))
it = iter(queue)
next(it)
print(list(copy.copy(it)), list(it), it.__reduce__()[1][1], it.__length_hint__())
it = reversed(queue)
next(it)
print(it.__length_hint__(), list(it), type(it)(queue, 3).__length_hint__())


class Changing:
    def __eq__(self, other):
        queue.clear()
        return False


queue = deque([Changing(), 1])
for call in queue.remove, queue.index:
    try:
        call("c")
    except (IndexError, RuntimeError, ValueError) as error:
        print(type(error).__name__, error)
    queue.extend([Changing(), 1])


class Queue(deque):
    pass


filled = Queue("ab")
filled.x = 1
print(filled.__reduce__()[2])

missing = defaultdict(None)
missing.default_factory = None
try:
    missing[1]
except KeyError as error:
    print("KeyError", error)
own = defaultdict(lambda: own.setdefault(1, "own") and "made")
print(own[1], dict(own))

error = ImportError("text", name="n", path="p")
error.__init__()
print(error.msg, error.name, error.path)
for keywords in {"namez": 1}, {"name": 1, "path": 2, "name_from": 3, "more": 4}:
    try:
        ImportError(0, **keywords)
    except TypeError as wrong:
        print(wrong)


class Enters:
    def __enter__(self):
        pass


class Waits:
    async def __aenter__(self):
        pass

    async def __aexit__(self, *args):
        pass


async def waits(manager):
    async with manager:
        pass


for manager in Plain(), Enters(), Waits():
    try:
        with manager:
            pass
    except TypeError as wrong:
        print(wrong)
for manager in Plain(), Manager():
    try:
        waits(manager).send(None)
    except TypeError as wrong:
        print(wrong)

# What an alias and a `groupby` hold.
import gc
import itertools

print([gc.is_tracked(alias.__args__) for alias in (list[None], list[5], list[Plain])])
for groups in itertools.groupby([1]), itertools.groupby([1], None):
    print([type(held).__name__ for held in gc.get_referents(groups)])
