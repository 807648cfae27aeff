"""Memory line by line, and over time."""

import functools as _functools
import types as _types
import linecache as _linecache
import sys as _sys
import time as _time

import _machine as _m

__version__ = "0.61.0"

_MIB = 2**20


def _source(filename):
    return _linecache.getlines(filename) or _m.source_lines(filename)


def _block(lines, first):
    """The numbers of the lines of the function that begins at a line, its decorators included."""

    def indent(line):
        return len(line) - len(line.lstrip())

    edge, in_body, last = indent(lines[first - 1]), False, first
    for number in range(first, len(lines) + 1):
        line = lines[number - 1]
        text = line.strip()
        if not text:
            continue
        if indent(line) > edge:
            last = number
        elif text.startswith("#") and in_body:
            continue
        elif in_body and not text.startswith((")", "]", "}")):
            break
        else:
            in_body = in_body or text.startswith(("def ", "async def "))
            last = number
    return range(first, last + 1)


def _now():
    return _m.memory()[0] / _MIB


class _Lines(dict):
    """What was seen at each line of the functions that are profiled: increment, memory, how often."""

    def __init__(self):
        self.functions = []

    def add(self, code, top=None):
        if code in self:
            return
        if top is None:
            self.functions.append((code.co_filename, code, _block(_source(code.co_filename), code.co_firstlineno)))
            self[code] = {}
        else:
            self[code] = self[top]
        for const in code.co_consts:
            if isinstance(const, _types.CodeType):
                self.add(const, top or code)

    def see(self, code, line, before):
        memory, seen = _now(), self[code]
        increment, most, times = seen.get(line, (0, 0, 0))
        seen[line] = increment + memory - seen.get(before, (0, 0, 0))[1], max(memory, most), times + 1

    def items(self):
        for filename, code, numbers in self.functions:
            if self[code]:
                yield filename, [(number, self[code].get(number)) for number in numbers]


class LineProfiler:
    def __init__(self, **options):
        self.code_map = _Lines()
        self.enable_count = 0
        self._lines, self._before = [], None

    def __call__(self, func=None, precision=1):
        if func is None:
            return lambda func: self(func, precision=precision)
        self.add_function(func)

        @_functools.wraps(func)
        def run(*args, **kwargs):
            self.enable_by_count()
            try:
                return func(*args, **kwargs)
            finally:
                self.disable_by_count()

        return run

    def add_function(self, func):
        self.code_map.add(func.__code__)

    def enable_by_count(self):
        if self.enable_count == 0:
            self._outer = _sys.gettrace()
            _sys.settrace(self._trace)
        self.enable_count += 1

    def disable_by_count(self):
        self.enable_count -= 1
        if self.enable_count == 0:
            _sys.settrace(self._outer)

    def __enter__(self):
        self.enable_by_count()
        return self

    def __exit__(self, *args):
        self.disable_by_count()

    def _trace(self, frame, event, arg):
        code = frame.f_code
        if code in self.code_map:
            # What a line did shows at the event after it.
            if event == "call":
                self._lines.append(frame.f_lineno)
            elif event == "line":
                self.code_map.see(code, self._lines[-1], self._before)
                self._before, self._lines[-1] = self._lines[-1], frame.f_lineno
            elif event == "return":
                line = self._lines.pop()
                self.code_map.see(code, line, self._before)
                self._before = line
        return self._trace


def show_results(prof, stream=None, precision=1):
    stream = stream or _sys.stdout
    row = "{0:>6} {1:>12} {2:>12}  {3:>10}   {4:<}".format
    size = f"{{0:{precision + 4}.{precision}f}} MiB".format
    for filename, lines in prof.code_map.items():
        head = row("Line #", "Mem usage", "Increment", "Occurrences", "Line Contents")
        stream.write(f"Filename: {filename}\n\n{head}\n{'=' * len(head)}\n")
        texts = _source(filename)
        for number, seen in lines:
            figures = (size(seen[1]), size(seen[0]), seen[2]) if seen else ("", "", "")
            text = texts[number - 1] if number <= len(texts) else "\n"
            stream.write(row(number, *figures, text))
        stream.write("\n\n")


def profile(func=None, stream=None, precision=1, backend="psutil"):
    if func is None:
        return lambda func: profile(func, stream=stream, precision=precision, backend=backend)
    _m.mark(func.__code__)

    @_functools.wraps(func)
    def run(*args, **kwargs):
        prof = LineProfiler()
        value = prof(func)(*args, **kwargs)
        show_results(prof, stream=stream, precision=precision)
        return value

    return run


class _Block:
    """A part of a program that has a bracket of its own."""

    def __init__(self, name):
        self._name = name

    def __enter__(self):
        _m.begin_block(self._name)

    def __exit__(self, *args):
        _m.end_block(self._name)


class _Marks:
    """What a program under `heapbook mprof run` finds as `profile`: a bracket for each call, and the lines of the function at the end."""

    def __init__(self, lines):
        self._lines = LineProfiler() if lines else None

    def __call__(self, func=None, precision=1):
        if func is None:
            return lambda func: self(func, precision=precision)
        if not callable(func):
            raise ValueError("Value must be callable")
        code = getattr(func, "__code__", None)
        if code is None:
            return func
        _m.mark(code)
        return self._lines(func) if self._lines else func

    def timestamp(self, name="<block>"):
        return _Block(name)

    def show_results(self):
        if self._lines:
            show_results(self._lines)


def memory_usage(proc=-1, interval=0.1, timeout=None, timestamps=False, include_children=False, multiprocess=False, max_usage=False,
                 retval=False, stream=None, backend=None, max_iterations=None):
    value = None
    if isinstance(proc, (tuple, list)):
        function, args, kwargs = (tuple(proc) + ((), {})[len(proc) - 1:])[:3]
        _m.start_sampling(interval)
        try:
            value = function(*args, **kwargs)
        finally:
            points = _m.stop_sampling()
        # Seconds are told since 1970.
        start = _time.time() - points[-1][1]
        seen = [(size / _MIB, start + at) for size, at in points]
    else:
        times = 1 if timeout is None else int(timeout / interval)
        seen = []
        for number in range(times):
            if number:
                _time.sleep(interval)
            seen.append((_now(), _time.time()))
    if stream is not None:
        for size, at in seen:
            stream.write(f"MEM {size:.6f} {at:.4f}\n")
        return None
    if not timestamps:
        seen = [size for size, at in seen]
    if max_usage:
        seen = max(seen)
    return (seen, value) if retval else seen
