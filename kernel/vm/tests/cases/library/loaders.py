# Modules from files and from finders, and plain values as bytes.
import importlib.util
import marshal
import os
import runpy
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "shelf.py")
    with open(path, "w") as file:
        file.write("BOOKS = 5\ndef count(): return BOOKS\nNAME = __name__\n")
    spec = importlib.util.spec_from_file_location("shelf", path)
    shelf = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shelf)
    print(shelf.count(), shelf.__name__, shelf.__spec__ is spec, shelf.__file__ == path, type(spec.loader).__name__)
    print(runpy.run_path(path, run_name="main")["NAME"], spec.loader.is_package("shelf"), spec.loader.get_source("shelf")[:9])
    print(importlib.util.spec_from_file_location("x", "x.txt"))

print(importlib.util.cache_from_source("a/b.py"), importlib.util.source_from_cache("a/__pycache__/b.cpython-314.pyc"))
for wrong in ["b.pyc", "__pycache__/b.pyc"]:
    try:
        importlib.util.source_from_cache(wrong)
    except ValueError as error:
        print(error)


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("made_up"):
            print("asked for", name)
        return importlib.util.spec_from_loader(name, self) if name == "made_up" else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.answer = 42


sys.meta_path.insert(0, Finder())
import made_up

print(made_up.answer, made_up.__spec__.name, "made_up" in sys.modules)
try:
    import made_up_too
except ModuleNotFoundError as error:
    print(error)
sys.meta_path.pop(0)

VALUES = [1, -5, 2**40, -(2**100), 1.5, 2j, "a", "é" * 3, b"xy", (1, 2, (3,)), [1, [2]], {1: 2, "k": [None]}, {1, 2, "z"}]
VALUES += [frozenset("abc"), slice(1, None, 2), Ellipsis, True, StopIteration, "x" * 300]
for value in VALUES:
    data = marshal.dumps(value)
    print(data[:60], marshal.loads(data) == value)
exec(marshal.loads(marshal.dumps(compile("print('from bytes')", "x", "exec"))))
for wrong in [b"", b"[\x02\0\0\0N", b"\x01", b"r\0\0\0\0"]:
    try:
        marshal.loads(wrong)
    except (EOFError, ValueError, TypeError) as error:
        print(type(error).__name__, error)
try:
    marshal.dumps(object())
except ValueError as error:
    print(error)
print(sys, marshal)
