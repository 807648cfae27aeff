# Arrays, scalars and random numbers print what NumPy prints.
import gc
import sys

import numpy as np


def show(*values):
    for value in values:
        print(repr(value), "|", value)


show(np.arange(5), np.arange(2, 9, 3), np.arange(3.0), np.arange(0, 1, 0.25), np.arange(5, dtype=np.int8))
show(np.zeros(3), np.ones((2, 3)), np.zeros((2, 2), dtype=int), np.full(3, 7), np.full((2, 2), 0.5), np.zeros(0), np.zeros((0, 3)))
show(np.array([1, 2, 3]), np.array([[1, 2], [3, 4]]), np.array([1.5, 2, 3]), np.array([True, False]), np.array(5), np.array([]))
show(np.array([0.5, 0.25]), np.array([1e-5, 1.0]), np.array([1e10, 1.0]), np.array([1 / 3, 2 / 3]), np.array([np.nan, 1.0, np.inf]))
show(np.array([100.0, 0.001]), np.array([123456789.0, 0.5]), np.array([-1.5, 22.25]), np.array([1, -200]), np.array([0.1, 0.2, 0.3]))
show(np.array([0.1, 0.5], dtype=np.float32), np.float32(0.1), np.float64(0.1), np.int64(5), np.bool_(True), np.uint8(200))
show(np.arange(1001), np.arange(2000.0), np.zeros((40, 40)), np.arange(30), np.arange(30) / 7, np.zeros((2, 2, 2)), np.arange(24).reshape(2, 3, 4))
show(np.zeros((1001, 2), dtype=np.int16), np.linspace(0, 1, 5), np.linspace(0, 10, 4, endpoint=False), np.arange(2000, dtype=np.uint8))

a = np.arange(10)
show(a[0], a[-1], a[2:5], a[::2], a[::-1], a[a > 6], a[[1, 3]], a.sum(), a.mean(), a.min(), a.max(), a.std(), a.var(), a.prod())
show(a + 1, a * 2, a - 0.5, a / 2, a // 3, a % 3, a ** 2, -a, 1 + a, 10 - a, 1 / (a + 1), a + a, a == 3, a < 5, a != 0, abs(a - 5))
show(a[0] + 1, a[1] / 2, a[2] * 1.5, 2 ** a[3], a[4] == 4, a[5] > 2, -a[6], float(a[7]), int(a[8]), a[9] // 2, a[9] % 4)
b = np.array([[1, 2, 3], [4, 5, 6]])
show(b.shape, b.dtype, b.ndim, b.size, b.nbytes, b.itemsize, b.strides, b.T, b[1], b[1, 2], b[:, 1], b[..., 0], b[None].shape, b.reshape(3, 2))
show(b.sum(axis=0), b.sum(axis=1), b.mean(axis=0), b.max(axis=1), b + np.array([10, 20, 30]), b * np.array([[1], [2]]), b.ravel(), b.flatten())
show(b.reshape(-1), b.reshape((6,)), b.astype(float), b.astype(np.int8), b.tolist(), b.copy(), b.argmax(), b.transpose(), b & 1, b | 8, ~b, b << 1)
show(np.float64(1.5) + 1, np.float64(2) * np.int64(3), 1.5 + np.float64(1), np.int8(100) + np.int8(27), np.float32(1) + 1, np.int64(7) / 2)
show(round(np.float64(2.567), 2), f"{np.float64(3.14159):.2f}", f"{np.int64(5):03d}", str(np.float64(2)), [np.float64(1), np.int64(2)])
show(np.sum([1, 2]), np.mean([1, 2]), np.min(b), np.max(b), np.sqrt(16), np.sqrt(np.array([1, 4, 9])), np.exp(0), np.concatenate([a[:2], a[8:]]))
show(np.dtype("int8"), np.dtype(float), np.dtype(np.uint16).itemsize, np.int64, np.float64, type(a), type(a[0]), b.dtype == np.int64, b.dtype == "int64")
show(isinstance(np.float64(1), float), isinstance(np.int64(1), int), isinstance(np.int64(1), np.integer), isinstance(np.float32(1), np.floating))
show(np.float64.__mro__, np.int64.__mro__, hash(np.int64(5)) == hash(5), {np.int64(1): 2}[1], [10, 20, 30][np.int64(1)], bool(np.int64(0)))

# Memory.
show(sys.getsizeof(a), sys.getsizeof(a[2:5]), sys.getsizeof(b), sys.getsizeof(np.zeros((2, 3, 4))), sys.getsizeof(np.array(1)))
show(sys.getsizeof(np.int64(1)), sys.getsizeof(np.float64(1)), sys.getsizeof(np.zeros(1000, dtype=np.int8)), gc.is_tracked(a), gc.is_tracked(a[0]))
v = a[2:5]
show(v.base is a, v[1:].base is a, a.base, a.copy().base, np.shares_memory(a, v), np.shares_memory(a[::2], a[1::2]), a.reshape(2, 5).base is a)
v[0] = 99
a += 1
a[5:] = 0
a[:3] = [7, 8, 9]
show(a, v, sys.getrefcount(a), a.nbytes, len(a), 99 in a, list(a[:2]), [x for x in b], [int(x) for x in b[0]])
a.fill(3)
show(a, np.zeros_like(b), np.ones_like(a, dtype=float), np.asarray(a) is a, np.array(a) is a)

np.random.seed(0)
show(np.random.rand(3), np.random.rand(), np.random.randint(0, 10, 5), np.random.randint(100), np.random.randn(3), np.random.random((2, 2)))
show(np.random.randint(0, 256, 4, dtype=np.uint8), np.random.uniform(1, 2, 2), np.random.normal(size=2), np.random.randint(low=0, high=100, size=7))
show(np.random.randint(0, 2 ** 40, 2), np.random.rand(1000).mean(), np.random.rand(12345).sum(), np.random.rand(7).sum())

for program in ("a[20]", "b[0, 0, 0]", "b[5]", "b @ 1 if False else b + np.zeros(2)", "if_ = bool(b)", "len(np.array(1))", "np.zeros(-1)", "b.reshape(4)",
                "np.array([[1], [1, 2]])", "np.int8(300)", "a['x']", "hash(a)", "np.random.randint(5, 5)", "np.dtype('q8')", "np.array([]).min()",
                "np.arange(3) ** -1", "np.int64('x')", "a[1.5]", "np.float64(1) & 1", "np.array([True]) - True"):
    try:
        exec(program, globals())
        print(program, "works")
    except Exception as e:
        print(program, "->", type(e).__name__, e)
