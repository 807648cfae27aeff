# The functions of `numpy` that hand on to an array's methods.


def full(shape, fill_value, dtype=None):
    if dtype is None:
        dtype = asarray(fill_value).dtype
    made = empty(shape, dtype)
    made.fill(fill_value)
    return made


def zeros_like(a, dtype=None):
    a = asarray(a)
    return zeros(a.shape, dtype or a.dtype)


def ones_like(a, dtype=None):
    a = asarray(a)
    return ones(a.shape, dtype or a.dtype)


def empty_like(a, dtype=None):
    a = asarray(a)
    return empty(a.shape, dtype or a.dtype)


def copy(a):
    return asarray(a).copy()


def reshape(a, shape):
    return asarray(a).reshape(shape)


def transpose(a):
    return asarray(a).T


def sum(a, axis=None, dtype=None):
    return asarray(a).sum(axis=axis, dtype=dtype)


def prod(a, axis=None, dtype=None):
    return asarray(a).prod(axis=axis, dtype=dtype)


def mean(a, axis=None):
    return asarray(a).mean(axis=axis)


def var(a, axis=None):
    return asarray(a).var(axis=axis)


def std(a, axis=None):
    return asarray(a).std(axis=axis)


def min(a, axis=None):
    return asarray(a).min(axis=axis)


def max(a, axis=None):
    return asarray(a).max(axis=axis)


def all(a, axis=None):
    return asarray(a).all(axis=axis)


def any(a, axis=None):
    return asarray(a).any(axis=axis)


def argmin(a):
    return asarray(a).argmin()


def argmax(a):
    return asarray(a).argmax()


def absolute(a):
    a = asarray(a)
    return abs(a) if a.shape else abs(a[()])


def array_equal(a, b):
    a, b = asarray(a), asarray(b)
    return a.shape == b.shape and bool((a == b).all())


amin, amax = min, max
