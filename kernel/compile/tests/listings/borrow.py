# Which loads of locals are borrowed decides what sys.getrefcount shows.
import sys


def counted(a, b):
    sys.getrefcount(a)
    a.append(b)
    c = a
    return c, b


def overwritten(a):
    return [a, (a := 1)]


def across_blocks(a, b):
    return f(a, b if a else b)


def maybe_unbound(flag):
    if flag:
        x = 1
    del flag
    return x, flag


def swapped(a, b):
    a, b = b, a
    a = a = b
    for a in b:
        del a
    return a


def many():
    a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = b0 = b1 = b2 = b3 = b4 = b5 = b6 = 0
    return a0 + a1, b5 + b6
