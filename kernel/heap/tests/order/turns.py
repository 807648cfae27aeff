"""Writes turns.txt: which generations CPython 3.14 collects when, and what it finds.

    python3.14 turns.py 2>&1 | sed 's/, [0-9.]*s elapsed//; /permanent/d' > turns.txt
"""
import gc


def run(n, ring, every):
    keep = [None] * ring
    for i in range(n):
        x = []
        if i % every == 0:
            x.append(x)
        keep[i % ring] = x
    x = None
    gc.set_threshold(0)


for arguments in ((4000, 300, 3), (6000, 900, 50), (3000, 10, 2), (20000, 5000, 7)):
    gc.disable()
    gc.set_debug(0)
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.collect()
    gc.set_threshold(50, 4, 3)
    gc.set_debug(gc.DEBUG_STATS)
    gc.enable()
    run(*arguments)
gc.set_debug(0)
