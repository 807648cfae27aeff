# The streams of `_io` that live in memory, and files as texts in memory that are read and written whole.
# `_read_file(path)` and `_write_file(path, data, append)` are the host's.

DEFAULT_BUFFER_SIZE = 131072
BlockingIOError = BlockingIOError


class UnsupportedOperation(OSError, ValueError):
    __module__ = "io"


class _IOBase:
    _closed = False

    @property
    def closed(self):
        return self._closed

    def close(self):
        if not self._closed:
            self.flush()
            self._closed = True

    def flush(self):
        _open_only(self)

    def _no(self, name):
        raise UnsupportedOperation(name)

    def seek(self, offset, whence=0):
        self._no("seek")

    def tell(self):
        return self.seek(0, 1)

    def truncate(self, size=None):
        self._no("truncate")

    def fileno(self):
        self._no("fileno")

    def isatty(self):
        _open_only(self)
        return False

    def readable(self):
        return False

    def writable(self):
        return False

    def seekable(self):
        return False

    def readlines(self, hint=None):
        lines, total = [], 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def __enter__(self):
        _open_only(self)
        return self

    def __exit__(self, *exc):
        self.close()

    def __iter__(self):
        _open_only(self)
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line


class _RawIOBase(_IOBase):
    pass


class _BufferedIOBase(_IOBase):
    pass


class _TextIOBase(_IOBase):
    encoding = None
    errors = None
    newlines = None


def _open_only(stream):
    if stream._closed:
        raise ValueError("I/O operation on closed file")


class _Memory:
    """What a text or bytes in memory can do: one row of characters, and a position."""

    def _start(self, data):
        self._data = data
        self._at = 0

    def readable(self):
        _open_only(self)
        return True

    writable = seekable = readable

    def getvalue(self):
        _open_only(self)
        return self._data

    def tell(self):
        _open_only(self)
        return self._at

    def seek(self, offset, whence=0):
        _open_only(self)
        if whence == 0:
            if offset < 0:
                raise ValueError(f"{'N' if isinstance(self, StringIO) else 'n'}egative seek {'position' if isinstance(self, StringIO) else 'value'} {offset}")
            self._at = offset
        elif isinstance(self, StringIO):
            if whence not in (1, 2):
                raise ValueError(f"Invalid whence ({whence}, should be 0, 1 or 2)")
            if offset:
                raise OSError("Can't do nonzero cur-relative seeks")
            if whence == 2:
                self._at = len(self._data)
        elif whence == 1:
            self._at = max(0, self._at + offset)
        else:
            self._at = max(0, len(self._data) + offset)
        return self._at

    def truncate(self, size=None):
        _open_only(self)
        if size is None:
            size = self._at
        elif size < 0:
            raise ValueError(f"{'N' if isinstance(self, StringIO) else 'n'}egative size value {size}")
        self._data = self._data[:size]
        return size

    def read(self, size=-1):
        _open_only(self)
        end = len(self._data) if size is None or size < 0 else self._at + size
        piece = self._data[self._at:end]
        self._at += len(piece)
        return piece

    def readline(self, size=-1):
        _open_only(self)
        found = self._data.find(self._data[:0] + self._newline, self._at)
        end = len(self._data) if found < 0 else found + 1
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        piece = self._data[self._at:end]
        self._at += len(piece)
        return piece

    def _put(self, piece):
        if self._at > len(self._data):
            self._data += self._zero * (self._at - len(self._data))
        end = self._at + len(piece)
        if self._at == len(self._data):
            self._data += piece
        else:
            self._data = self._data[:self._at] + piece + self._data[end:]
        self._at = end


class StringIO(_Memory, _TextIOBase):
    _newline = "\n"
    _zero = "\0"
    line_buffering = False

    def __init__(self, initial_value="", newline="\n"):
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        self._translate = newline is None
        self._start("")
        if initial_value:
            self.write(initial_value)
            self._at = 0

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"string argument expected, got '{type(text).__name__}'")
        _open_only(self)
        if self._translate:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._put(text)
        return len(text)


class BytesIO(_Memory, _BufferedIOBase):
    _newline = b"\n"
    _zero = b"\0"

    def __init__(self, initial_bytes=b""):
        self._start(bytes(initial_bytes) if initial_bytes is not None else b"")

    def write(self, data):
        _open_only(self)
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        data = bytes(data)
        self._put(data)
        return len(data)

    read1 = _Memory.read

    def readinto(self, buffer):
        piece = self.read(len(buffer))
        buffer[:len(piece)] = piece
        return len(piece)

    readinto1 = readinto

    def getbuffer(self):
        _open_only(self)
        return memoryview(self._data)


class _File(_Memory):
    """A file: its content is read when it is opened and written when it is flushed."""

    def _open(self, file, mode):
        self.name = file
        self.mode = mode
        self._dirty = False
        path = file.__fspath__() if hasattr(file, "__fspath__") else file
        self._path = path.decode() if isinstance(path, bytes) else path
        old = b""
        if "w" not in mode:
            try:
                old = _read_file(self._path)
                if "x" in mode:
                    raise FileExistsError(17, "File exists", file)
            except FileNotFoundError:
                if "r" in mode:
                    raise FileNotFoundError(2, "No such file or directory", file) from None
        self._dirty = "r" not in mode
        return old

    def readable(self):
        return "r" in self.mode or "+" in self.mode

    def writable(self):
        return "r" not in self.mode or "+" in self.mode

    def seekable(self):
        return True

    def fileno(self):
        return 3

    def read(self, size=-1):
        if not self.readable():
            raise UnsupportedOperation("not readable" if isinstance(self, TextIOWrapper) else "read")
        return _Memory.read(self, size)

    def readline(self, size=-1):
        if not self.readable():
            raise UnsupportedOperation("not readable" if isinstance(self, TextIOWrapper) else "read")
        return _Memory.readline(self, size)

    def write(self, data):
        _open_only(self)
        if not self.writable():
            raise UnsupportedOperation("not writable" if isinstance(self, TextIOWrapper) else "write")
        if "a" in self.mode:
            self._at = len(self._data)
        self._put(self._checked(data))
        self._dirty = True
        return len(data)

    def flush(self):
        _open_only(self)
        if self._dirty and self.writable():
            data = self._data
            _write_file(self._path, data if isinstance(data, bytes) else data.encode(self.encoding), False)
            self._dirty = False

    def __del__(self):
        if not self._closed and getattr(self, "_dirty", False):
            self.close()


class TextIOWrapper(_File, _TextIOBase):
    _newline = "\n"
    _zero = "\0"

    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False):
        self.encoding = "UTF-8" if encoding in (None, "locale") else encoding
        self.errors = errors or "strict"
        if isinstance(buffer, tuple):
            text = self._open(*buffer).decode(self.encoding, self.errors)
        else:
            self.buffer, self.name, self.mode, self._dirty = buffer, getattr(buffer, "name", None), "r", False
            text = buffer.read().decode(self.encoding, self.errors)
        if newline is None:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._start(text)

    def _checked(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        return text

    def __repr__(self):
        return f"<_io.TextIOWrapper name={self.name!r} mode={self.mode!r} encoding={self.encoding!r}>"


class _BytesFile(_File, _BufferedIOBase):
    _newline = b"\n"
    _zero = b"\0"

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        self._start(self._open(*raw) if isinstance(raw, tuple) else raw.read())

    def _checked(self, data):
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return bytes(data)

    read1 = _File.read

    def __repr__(self):
        return f"<_io.{type(self).__name__} name={self.name!r}>"


class BufferedReader(_BytesFile):
    pass


class BufferedWriter(_BytesFile):
    pass


class BufferedRandom(_BytesFile):
    pass


class BufferedRWPair(_BufferedIOBase):
    pass


class FileIO(_BytesFile, _RawIOBase):
    def __init__(self, file, mode="r", closefd=True, opener=None):
        super().__init__((file, mode))


class IncrementalNewlineDecoder:
    pass


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    if not isinstance(mode, str):
        raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
    kinds = set(mode)
    if kinds - set("axrwb+t") or len(mode) > len(kinds):
        raise ValueError(f"invalid mode: {mode!r}")
    if "t" in kinds and "b" in kinds:
        raise ValueError("can't have text and binary mode at once")
    if len(kinds & set("axrw")) != 1:
        raise ValueError("must have exactly one of create/read/write/append mode")
    if "b" in kinds:
        if encoding is not None:
            raise ValueError("binary mode doesn't take an encoding argument")
        made = BufferedRandom if "+" in kinds else BufferedReader if "r" in kinds else BufferedWriter
        stream = made((file, mode))
    else:
        stream = TextIOWrapper((file, mode), encoding, errors, newline)
    if "w" in kinds or "x" in kinds:
        stream.flush()
    elif "a" in kinds:
        stream._at = len(stream._data)
    return stream


def open_code(path):
    return open(path, "rb")


def text_encoding(encoding, stacklevel=2, /):
    return "locale" if encoding is None else encoding
