# Words of errors, and how deep native code may nest.
class Plain:
    pass


class Slots:
    __slots__ = ()


def told(do):
    try:
        do()
    except BaseException as error:
        print(type(error).__name__, error, getattr(error, 'name', '-'), getattr(error, 'obj', '-') is None)
    else:
        print('fine')


def delete(thing, name):
    return lambda: delattr(thing, name)


def put(thing, name):
    return lambda: setattr(thing, name, 1)


told(delete(Plain(), 'nope'))
told(delete(Plain, 'nope'))
told(put(Slots(), 'nope'))
told(put(1, 'nope'))
told(put([], 'append'))
told(lambda: super(Plain, 1).x)
told(lambda: super(Plain, str).x)
told(lambda: hash(slice(1)))
told(lambda: {slice(1): 1})
told(lambda: iter(list[int]))
told(lambda: Plain[1])
told(lambda: int[1])
told(lambda: Plain()[1])
import weakref
held = Plain()
told(lambda: weakref.ref(held)(1))
told(lambda: weakref.ref(held)(callback=1))


def nest(n):
    value = 0
    for _ in range(n):
        value = [value]
    return value


def pairs(n):
    value = 0
    for _ in range(n):
        value = {1: value}
    return value


def ends(make, n, do):
    one, other = make(n), make(n)
    try:
        do(one, other)
    except RecursionError as error:
        return str(error)
    return 'fine'


for n in [900, 1100, 1400, 1700]:
    print(n, ends(nest, n, lambda a, b: repr(a)), '|', ends(nest, n, lambda a, b: a == b), '|', ends(pairs, n, lambda a, b: a == b))
    print(n, ends(lambda n: (nest(n), 0), n, lambda a, b: a < b))


def call(n):
    return call(n - 1) if n else 0


def callable_is_deep():
    try:
        call(2000)
    except RecursionError as error:
        return str(error)


print(callable_is_deep())


class Elsewhere:
    __slots__ = ('y',)
    __module__ = 'elsewhere'


def assign(where):
    return lambda: [1, 2, 3].__setitem__(where, 1)


try:
    Elsewhere().y
except AttributeError as error:
    print(error)
told(delete(Elsewhere(), 'y'))
told(assign(slice(0, 1)))
told(assign(slice(0, 3, 2)))

# The class of unions, and an index that is none.
print(type(int | str), type(int | str).__name__, type(int | str).__module__)
for what in lambda: "abc"["a"], lambda: "abc"[1.0], lambda: (int | str)(1), lambda: (int | str).nothing:
    try:
        what()
    except Exception as error:
        print(type(error).__name__, error)

# The library's modules have what they want of later versions.
import itertools
import pickle

print(pickle.loads(pickle.dumps([1, 2])), hasattr(itertools, "batched"))
