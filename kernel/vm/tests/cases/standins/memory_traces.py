# tracemalloc: what it traces, and what it says where it cannot.
import tracemalloc


def make(n):
    return [[i] for i in range(n)]


print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_traceback_limit())
try:
    tracemalloc.take_snapshot()
except RuntimeError as e:
    print(e)
try:
    tracemalloc.start(0)
except ValueError as e:
    print(e)
tracemalloc.start()
before, _ = tracemalloc.get_traced_memory()
keep = make(10000)
after, peak = tracemalloc.get_traced_memory()
print(900_000 < after - before < 1_200_000, peak >= after)
snapshot = tracemalloc.take_snapshot()
here = [s for s in snapshot.statistics("lineno") if s.traceback[0].filename == __file__]
print(here[0].traceback[0].lineno, 900_000 < here[0].size < 1_200_000, here[0].count > 20_000)
del keep
low, peak = tracemalloc.get_traced_memory()
print(low - before < 100_000, peak >= after)
big = bytes(1_000_000)
del big
low, peak = tracemalloc.get_traced_memory()
tracemalloc.reset_peak()
print(low - before < 100_000, peak >= after, tracemalloc.get_traced_memory()[1] - low < 10_000)
big = bytes(5_000_000)
big = None
print(5_000_000 <= tracemalloc.get_traced_memory()[1] - low < 5_010_000)
text = str(before) * 1000
print(tracemalloc.get_object_traceback(text)[0].lineno, len(tracemalloc.get_object_traceback(text)))
tracemalloc.clear_traces()
print(tracemalloc.get_object_traceback(text), tracemalloc.is_tracing())
tracemalloc.stop()
tracemalloc.start(5)


def outer():
    return inner()


def inner():
    return "x" * int("1000")


text = outer()
print([frame.lineno for frame in tracemalloc.get_object_traceback(text)], tracemalloc.get_traceback_limit())
tracemalloc.stop()
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
