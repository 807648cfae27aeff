"""Runs the cells of one session on a plain CPython, the way a notebook does.

Cells come on standard input, framed outputs go to standard output. Beside what the
cells do themselves this keeps only `In`, `Out`, `_`, `__` and `___`, each with one
reference, and it leaves no cycle behind, so counts are the cells' own.

As in a notebook each top-level statement is compiled on its own, and what stands for a
cell's literals in its syntax tree lives until the cell ends: a literal has one reference
more in its own cell. The tree itself does not, so that objects counted in one cell and
again in the next are the cells' own too.
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


class Sources(dict):
    """Lines of cells for `linecache`, cut when they are asked for."""

    def __init__(self, lines, history, prompts):
        super().__init__(lines)
        self.texts = {"<cell ": history, "<python-input-": prompts}

    def get(self, name, default=None):
        for start, texts in self.texts.items():
            if isinstance(name, str) and name.startswith(start) and name[len(start):-1].isdecimal():
                index = int(name[len(start):-1])
                if index < len(texts):
                    return len(texts[index]), None, texts[index].splitlines(True), name
        return super().get(name, default)

    def __contains__(self, name):
        return self.get(name) is not None


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
        # Made once: objects counted in one cell and the next must be the same ones.
        self.show_last, self.show_each = self.display_last, self.display_each
        sys.argv = [""]
        self.flags = 0
        self.main = types.ModuleType("__main__")
        sys.modules["__main__"] = self.main
        self.names = self.main.__dict__
        self.names.update(
            {"__builtins__": builtins, "In": [""], "Out": {}, "_": "", "__": "", "___": ""}
        )
        self.history, self.values = self.names["In"], self.names["Out"]
        self.prompts = []
        linecache.cache = Sources(linecache.cache, self.history, self.prompts)

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

    def warm(self):
        """Lets the interpreter import what it shows an error with."""
        kept, sys.stderr = sys.stderr, io.StringIO()
        try:
            sys.nowhere
        except AttributeError:
            sys.excepthook(*sys.exc_info())
        sys.stderr = kept

    def serve(self):
        self.warm()
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
            source = name = None
            self.flush()
            self.send("D", b"")

    def run_cell(self, source, name):
        self.history.append(source)
        sys.displayhook = self.show_last
        self.run_statements(source, name, "exec")

    def run_prompt(self, source, name):
        self.prompts.append(source)
        sys.displayhook = self.show_each
        self.run_statements(source, name, "single")

    def run_statements(self, source, name, mode):
        try:
            tree = self.parse(source, name, mode)
        except BaseException:
            return self.report(None)
        held = [node.value for node in literals(tree)]
        count = len(tree.body) if mode == "exec" else 1
        tree = None
        for index in range(count):
            if not self.execute(source, name, mode, index, held):
                break
        # A traceback that is kept leads to this frame; it must lead no further.
        held = source = None

    def execute(self, source, name, mode, index, held):
        try:
            code = self.compile(source, name, mode, index, held)
        except BaseException:
            self.report(None)
            return False
        source = held = None
        try:
            exec(code, self.names)
            return True
        except BaseException as error:
            self.report(error.__traceback__.tb_next)
            return False
        finally:
            del code

    def parse(self, source, name, mode):
        return compile(source, name, mode, self.flags | ast.PyCF_ONLY_AST, True)

    def compile(self, source, name, mode, index, held):
        """The code of one statement, whose literals are the objects in `held`."""
        tree = self.parse(source, name, mode)
        for node, value in zip(literals(tree), held):
            node.value = value
        if mode == "exec":
            statement = tree.body[index]
            if index == len(tree.body) - 1 and isinstance(statement, ast.Expr):
                tree, mode = ast.Interactive([statement]), "single"
            else:
                tree = ast.Module([statement], [])
        code = compile(tree, name, mode, self.flags, True)
        self.flags |= code.co_flags & FUTURE_FLAGS
        return code

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


def literals(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]


FUTURE_FLAGS = 0x1FFE000
sys.path[0:1] = [""]
Session().serve()
os._exit(0)
