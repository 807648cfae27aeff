# Every module that programs of this kind import is there.
import importlib
names = """abc annotationlib argparse ast asyncio base64 bisect collections contextlib contextvars copy copyreg csv dataclasses datetime decimal
difflib dis doctest enum fractions functools glob graphlib hashlib heapq html importlib inspect io itertools json keyword linecache logging
logging.handlers math numbers operator os pathlib pickle pprint queue random re reprlib secrets shutil statistics string struct tempfile textwrap
threading time timeit tokenize traceback types typing unittest unittest.mock uuid warnings weakref zlib concurrent.futures selectors signal
socket subprocess sched calendar code cmd bdb pdb shlex getopt gettext locale trace""".split()
for name in names:
    print(importlib.import_module(name).__name__)
import threading
try:
    threading.Thread(target=print, name="other").join()
except RuntimeError as e:
    print(e)
held = threading.local()
held.x = 1
print(vars(held), threading.current_thread().name, threading.active_count(), threading.Lock().acquire(timeout=0.01), threading.Event().wait(0.01))

# From which globals a relative import learns its package.
import types
import warnings

for globals_ in (
    {"__package__": None, "__spec__": None, "__name__": "__main__"},
    {},
    {"__name__": "a.b"},
    {"__name__": 3},
    {"__name__": "asyncio", "__path__": []},
    {"__name__": "asyncio.tasks"},
    {"__package__": 3},
    {"__package__": "", "__spec__": None},
    {"__package__": "asyncio"},
    {"__spec__": types.SimpleNamespace(parent="asyncio")},
    {"__spec__": types.SimpleNamespace(parent=3)},
    {"__spec__": types.SimpleNamespace()},
    {"__package__": "asyncio", "__spec__": types.SimpleNamespace()},
    {"__package__": "asyncio", "__spec__": types.SimpleNamespace(parent="asyncio")},
    {"__package__": "asyncio", "__spec__": types.SimpleNamespace(parent="other")},
):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            print(__import__("", globals_, None, ("tasks",), 1).__name__)
        except Exception as error:
            print(type(error).__name__, error)
        for warning in caught:
            print("   ", warning.category.__name__, warning.message)
