# Files: open, its layers, and what goes wrong.
import io, os, stat, tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)


def told(act):
    try:
        return repr(act())
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


with open("a.txt", "w", encoding="utf-8") as f:
    print(f, f.buffer, f.buffer.raw, f.mode, f.buffer.mode, f.name, f.fileno() > 2, f.write("línea 1\nlínea 2\n"), f.tell(), f.writable(), f.readable(), told(f.read))
print(f.closed, told(lambda: f.write("x")), told(f.read), told(lambda: f.__enter__()), f, f.buffer, f.buffer.raw)
with open("a.txt", encoding="utf-8") as f:
    print(f.readline(), f.tell(), f.readlines(), f.tell(), f.seek(0), f.read(3), f.tell(), f.read(), f.seek(0, 2), told(lambda: f.write("x")), told(lambda: f.seek(1, 1)))
    f.seek(0)
    for line in f:
        print(repr(line), told(f.tell))
with open("a.txt", "a+", encoding="utf-8") as f:
    print(f.tell(), f.write("more\n"), f.seek(0), f.read())
with open("a.txt", "r+", encoding="utf-8") as f:
    print(f.read(1), f.write("É"), f.seek(0), f.readline(), f.truncate(8), f.read())
with open("a.txt", "rb") as f:
    print(f, f.peek(2)[:2], f.read(3), f.read1(2), f.readline(), f.read(), f.tell(), f.seek(-3, 2), f.read(), told(lambda: f.write(b"")), told(lambda: f.read(-2)))
with open("a.txt", "rb", buffering=0) as f:
    print(f.read(2), f.readall(), f.tell(), repr(f).replace(str(f.name), "NAME"))
with open("b.bin", "w+b") as f:
    print(f.write(b"0123456789"), f.seek(3), f.read(2), f.write(b"XX"), f.seek(0), f.read(), f.tell(), f.truncate(4), f.seek(0), f.read())
print(os.path.getsize("b.bin"), os.stat("b.bin").st_size, stat.S_ISREG(os.stat("b.bin").st_mode), sorted(os.listdir()))
for act in (lambda: open("none.txt"), lambda: open("a.txt", "x"), lambda: open("."), lambda: open("a.txt", "q"), lambda: open("a.txt", "rw"), lambda: open("a.txt", "rbt"),
            lambda: open("a.txt", "rb", encoding="ascii"), lambda: open("a.txt", "r", 0), lambda: open("a.txt", ""), lambda: open(None), lambda: open("a\0b"), lambda: open(99),
            lambda: open("a.txt", "r", newline="x"), lambda: open("a.txt", encoding="nonsense"), lambda: open("none/x", "w"), lambda: open("a.txt/x"), lambda: open(-1), lambda: open("a.txt", 3),
            lambda: os.remove("none"), lambda: os.mkdir("b.bin"), lambda: os.rmdir("none"), lambda: os.rename("none", "other"), lambda: os.listdir("none"), lambda: os.stat("none"), lambda: os.remove(3)):
    print(told(act))
with open("crlf.txt", "wb") as f:
    f.write(b"one\r\ntwo\rthree\n")
for newline in None, "", "\n", "\r", "\r\n":
    with open("crlf.txt", newline=newline) as f:
        print(repr(newline), f.readlines(), f.newlines)
os.makedirs("deep/er", exist_ok=True)
print(told(lambda: os.makedirs("deep/er")), told(lambda: os.rmdir("deep")), os.path.isdir("deep"), os.path.isfile("deep"), os.path.exists("shallow"))
os.replace("b.bin", "deep/c.bin")
for root, folders, files in sorted(os.walk(".")):
    print(root, sorted(folders), sorted(files))
with os.scandir("deep") as entries:
    print(sorted((entry.name, entry.is_dir(), entry.path) for entry in entries))
os.utime("a.txt", (1_000_000_000, 1_100_000_000.5))
print(os.stat("a.txt").st_mtime, os.stat("a.txt").st_mtime_ns, os.path.getatime("a.txt"), oct(os.stat("a.txt").st_mode & 0o700))
fd = os.open("d.txt", os.O_RDWR | os.O_CREAT)
print(os.write(fd, b"descriptor"), os.lseek(fd, 0, 0), os.read(fd, 4), os.fstat(fd).st_size, os.close(fd), told(lambda: os.close(fd)), told(lambda: os.read(fd, 1)))
import pathlib, shutil, glob

p = pathlib.Path("e.txt")
print(p.write_text("text"), p.read_text(), p.exists(), p.stat().st_size, p.rename("f.txt"), p.exists(), sorted(pathlib.Path(".").glob("*.txt")), told(p.read_text))
shutil.copy("f.txt", "g.txt")
shutil.copytree("deep", "copy")
print(sorted(glob.glob("*")), sorted(path.name for path in pathlib.Path("copy").iterdir()))
with tempfile.TemporaryDirectory() as inner:
    with tempfile.NamedTemporaryFile("w+", dir=inner) as t:
        t.write("temporary")
        t.seek(0)
        print(t.read(), os.path.exists(t.name), len(os.listdir(inner)))
    print(os.path.exists(t.name), os.path.isdir(inner))
print(os.path.exists(inner))
with tempfile.TemporaryFile() as t:
    print(t.write(b"x"), t.seek(0), t.read())
with tempfile.SpooledTemporaryFile(10) as t:
    print(t.write(b"x"), t.seek(0), t.read())
os.chdir("/")
shutil.rmtree(folder)
print(os.path.exists(folder), told(lambda: shutil.rmtree(folder)).replace(folder, "FOLDER"))
