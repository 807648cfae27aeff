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
