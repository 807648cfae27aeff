# Streams in memory: StringIO and BytesIO.
import io


def told(act):
    try:
        return repr(act())
    except BaseException as error:
        return f"{type(error).__module__}.{type(error).__name__}: {error}"


s = io.StringIO("one\ntwo\r\nthree\rfour")
print(s.readlines(), s.tell(), told(lambda: s.read()))
for newline in None, "", "\n", "\r", "\r\n":
    s = io.StringIO("a\nb\r\nc\rd", newline)
    print(repr(newline), s.readlines(), repr(s.getvalue()), s.newlines)
    s.write("x\ny")
    print(repr(s.getvalue()))
print(told(lambda: io.StringIO("", "x")), told(lambda: io.StringIO(1)), told(lambda: io.StringIO("", 3)))
s = io.StringIO()
print(s.write("héllo wörld"), s.tell(), s.seek(1), s.read(3), s.write("XYZ"), s.getvalue())
print(s.seek(20), s.write("!"), repr(s.getvalue()), s.truncate(3), repr(s.getvalue()), s.tell())
for act in (lambda: s.write(b""), lambda: s.seek(-1), lambda: s.seek(1, 1), lambda: s.seek(0, 5), lambda: s.truncate(-1), lambda: s.read("x"),
            lambda: s.fileno(), lambda: s.detach(), lambda: s.isatty(), lambda: s.encoding, lambda: s.errors, lambda: s.line_buffering):
    print(told(act))
s.close()
for act in s.getvalue, s.read, s.readline, s.tell, lambda: s.write("x"), lambda: s.closed, lambda: next(s), s.flush, s.close, s.readable:
    print(told(act))
b = io.BytesIO(b"one\ntwo\nthree")
print(b.readline(), b.read1(2), b.read(), b.getvalue(), b.seek(-2, 2), b.readlines(), b.tell())
print(b.seek(20), b.write(b"!"), b.getvalue(), b.truncate(4), b.getvalue(), b.tell())
view = b.getbuffer()
view[0] = 79
print(bytes(view), told(lambda: (b.seek(0, 2), b.write(b"longer"))), told(b.close))
view.release()
buffer = bytearray(6)
b.seek(0)
print(b.readinto(buffer), buffer, told(lambda: b.readinto(b"abc")), told(lambda: b.write("text")))
for act in (lambda: b.seek(-1), lambda: b.seek(0, 9), lambda: b.truncate(-1), lambda: b.read(1.5), lambda: b.fileno(), lambda: b.detach(), lambda: b.isatty()):
    print(told(act))
with b:
    pass
print(told(b.read), told(b.getvalue), b.closed, told(lambda: b.__enter__()))


class Shouting(io.StringIO):
    def write(self, text):
        return super().write(text.upper())


s = Shouting()
print("quiet", 1, 2, sep="-", file=s)
s.note = "an attribute"
print(repr(s.getvalue()), s.note, [line for line in io.StringIO("a\nb\n")], isinstance(s, io.TextIOBase), issubclass(io.BytesIO, io.IOBase))


class Raw(io.RawIOBase):
    def __init__(self, data):
        self.data = data

    def readable(self):
        return True

    def readinto(self, buffer):
        n = min(len(buffer), 3, len(self.data))
        buffer[:n] = self.data[:n]
        self.data = self.data[n:]
        return n


print(io.BufferedReader(Raw(b"abcdefgh\nij")).readlines(), Raw(b"abcdefgh").read(2), Raw(b"abcdefgh").readall(), Raw(b"ab\ncd").readline())
print(io.TextIOWrapper(io.BufferedReader(Raw("größe\r\nüber".encode())), encoding="utf-8").read())
for act in (lambda: io.BufferedWriter(Raw(b"")), lambda: io.BufferedReader(Raw(b""), 0), lambda: io.BufferedReader(Raw(b"x")).write(b""),
            lambda: io.IOBase().seek(0), lambda: io.IOBase().tell(), lambda: io.RawIOBase().read(3), lambda: io.BufferedIOBase().read(), lambda: io.TextIOBase().read()):
    print(told(act))
t = io.TextIOWrapper(io.BytesIO(), "utf-16", newline="\r\n")
print(t.write("a\nb"), t.flush(), t.buffer.getvalue(), t.seek(0), repr(t.read()), t.tell(), t.encoding, t.errors, t)
t = io.TextIOWrapper(io.BytesIO(b"\xffabc\n\xe9"), "ascii", "backslashreplace")
print(t.read(3), t.read())
for act in (lambda: io.TextIOWrapper(io.BytesIO(), "nonsense"), lambda: io.TextIOWrapper(io.BytesIO(), "rot13"), lambda: io.TextIOWrapper(io.BytesIO(b"\xff"), "utf-8").read(),
            lambda: io.TextIOWrapper(io.BytesIO(), 3), lambda: io.TextIOWrapper(io.BytesIO(), newline="q"), lambda: io.TextIOWrapper(io.BytesIO(), "ascii").write("é")):
    print(told(act))
d = io.IncrementalNewlineDecoder(None, True)
print(repr(d.decode("a\r")), repr(d.decode("\nb\r\n")), repr(d.decode("c", True)), repr(d.newlines))
p = io.BufferedRWPair(io.BytesIO(b"in"), io.BytesIO())
print(p.read(), p.write(b"out"), p.flush(), p.closed)
print(io.StringIO.__mro__, io.FileIO.__mro__, io.UnsupportedOperation.__mro__)
