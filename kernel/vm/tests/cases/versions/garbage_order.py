# Objects stand in gc.garbage in the order of their making: since 3.14 a plain exception comes before the tuple of its arguments.
import gc

class Own(ValueError):
    pass

def order(kind):
    error = kind([])
    error.ring = error
    del error
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    print(kind.__name__, [type(found).__name__ for found in gc.garbage if isinstance(found, (kind, tuple))])
    gc.garbage.clear()
    gc.collect()

gc.collect()
gc.disable()
for kind in [ValueError, KeyError, Own, BaseException, OSError, StopIteration, SystemExit, NameError, MemoryError, RecursionError]:
    order(kind)
