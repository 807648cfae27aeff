"""Runs the cells of one session on a plain CPython, the way a notebook does.

Cells come on standard input, framed outputs go to standard output. Beside what the
cells do themselves this keeps only `In`, `Out`, `_`, `__` and `___`, each with one
reference, and it leaves no cycle behind, so counts are the cells' own.

As in a notebook each top-level statement is compiled on its own, and the syntax tree
of a cell lives until the cell ends: a literal has one reference more in its own cell.
"""
import ast
import builtins
import gc
import io
import linecache
import os
import sys
import types


class Stream(io.RawIOBase):
    """A standard stream that sends what it is given as frames of one kind."""

    def __init__(self, kind, send, before=None):
        self.kind, self.send, self.before = kind, send, before

    def writable(self):
        return True

    def write(self, data):
        if self.before is not None:
            self.before()
        self.send(self.kind, bytes(data))
        return len(data)


class Session:
    def __init__(self):
        self.cells = os.fdopen(os.dup(0), "rb")
        self.wire = os.dup(1)
        # What is written past sys.stdout would break the frames.
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        self.out = self.stream("O", None)
        self.err = self.stream("E", self.out.flush)
        sys.stdout = sys.__stdout__ = self.out
        sys.stderr = sys.__stderr__ = self.err
        sys.stdin = sys.__stdin__ = io.StringIO()
        sys.displayhook = self.display_last
        sys.argv = [""]
        self.flags = 0
        self.main = types.ModuleType("__main__")
        sys.modules["__main__"] = self.main
        self.names = self.main.__dict__
        self.names.update(
            {"__builtins__": builtins, "In": [""], "Out": {}, "_": "", "__": "", "___": ""}
        )
        self.history, self.values = self.names["In"], self.names["Out"]

    def stream(self, kind, before):
        return io.TextIOWrapper(
            Stream(kind, self.send, before), "utf-8", "backslashreplace", "\n", write_through=kind == "E"
        )

    def send(self, kind, data):
        data = b"%s %d\n%s" % (kind.encode(), len(data), data)
        while data:
            data = data[os.write(self.wire, data):]

    def flush(self):
        for stream in (self.out, self.err):
            try:
                stream.flush()
            except ValueError:
                pass  # The cell closed it.

    def serve(self):
        self.send("H", b"%d.%d" % sys.version_info[:2])
        gc.collect()
        while True:
            header = self.cells.readline().split()
            if not header:
                return
            mode, name, source = header[0], *(self.cells.read(int(n)).decode() for n in header[1:])
            # The cell's own source is held by `In` alone.
            if mode == b"prompt":
                self.run_prompt(source, name)
            else:
                self.run_cell(source, name)
            del source
            self.flush()
            self.send("D", b"")

    def run_cell(self, source, name):
        self.history.append(source)
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        try:
            tree = self.parse(source, name, "exec")
        except BaseException:
            return self.report(None)
        sys.displayhook = self.display_last
        statement = unit = None
        for statement in tree.body:
            is_value = statement is tree.body[-1] and isinstance(statement, ast.Expr)
            if is_value:
                unit, mode = ast.Interactive([statement]), "single"
            else:
                unit, mode = ast.Module([statement], []), "exec"
            if not self.execute(unit, name, mode):
                break
        # A traceback that is kept leads to this frame; it must lead no further.
        tree = statement = unit = None

    def run_prompt(self, source, name):
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        try:
            unit = self.parse(source, name, "single")
        except BaseException:
            return self.report(None)
        sys.displayhook = self.display_each
        self.execute(unit, name, "single")
        unit = None

    def parse(self, source, name, mode):
        return compile(source, name, mode, self.flags | ast.PyCF_ONLY_AST, True)

    def execute(self, unit, name, mode):
        try:
            code = compile(unit, name, mode, self.flags, True)
        except BaseException:
            self.report(None)
            return False
        self.flags |= code.co_flags & FUTURE_FLAGS
        try:
            exec(code, self.names)
            return True
        except BaseException as error:
            self.report(error.__traceback__.tb_next)
            return False
        finally:
            del code, unit

    def report(self, trace):
        """Prints the exception being handled as the interpreter would, from `trace` on."""
        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        error.__traceback__ = trace
        sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
        if sys.version_info >= (3, 12):
            sys.last_exc = error
        self.flush()
        kept, sys.stderr = sys.stderr, io.StringIO()
        try:
            sys.excepthook(type(error), error, trace)
        finally:
            text, sys.stderr = sys.stderr.getvalue(), kept
        try:
            value = str(error)
        except Exception:
            value = ""
        parts = type(error).__name__, value, text
        self.send("X", "\0".join(part.replace("\0", "\ufffd") for part in parts).encode("utf-8", "backslashreplace"))
        del error, trace

    def display(self, value):
        text = repr(value)
        self.flush()
        self.send("V", text.encode("utf-8", "backslashreplace"))

    def display_last(self, value):
        if value is None:
            return
        self.display(value)
        names = self.names
        names["___"], names["__"], names["_"] = names.get("__", ""), names.get("_", ""), value
        if value is not self.values:
            self.values[len(self.history) - 1] = value

    def display_each(self, value):
        if value is None:
            return
        builtins._ = None
        self.display(value)
        # The prompt keeps the last value among the builtins; a cell's `_` would hide it.
        self.names.pop("_", None)
        builtins._ = value


FUTURE_FLAGS = 0x1FFE000
sys.path[0:1] = [""]
Session().serve()
os._exit(0)
