# Each line is evaluated and shown, or its exception is. CPython 3.14.10 recorded the answers (with -W ignore, PYTHONHASHSEED=0).
def t(s):
    try: print(s,'->',ascii(eval(s)))
    except Exception as e: print(s,'!!',type(e).__name__,e)
B='bytearray(b"a")'
for s in '''b"a".find()
b"a".find("a")
b"a".find(97)
b"a".find(300)
b"a".find(1.5)
b"a".index(b"b")
b"a".rindex(1)
b"a".count("a")
b"a".startswith("a")
b"a".startswith(("a",))
b"a".endswith(1)
b"a".split("a")
b"a".split(b"")
b"a".split(1)
b"a".join(1)
b"a".join([1])
b"a".join([b"a","b"])
b"a".replace("a",b"b")
b"a".replace(b"a","b")
b"a".replace(b"a")
b"a".strip("a")
b"a".strip(1)
b"a".partition("a")
b"a".partition(b"")
b"a".center(5,"x")
b"a".center(5,b"xx")
b"a".center(5,1)
b"a".ljust(5,bytearray(b"x"))
b"a".zfill("x")
b"a".translate(b"x")
b"a".translate(None,b"a")
b"a".translate("a")
b"a".translate(1)
b"a".translate(bytes(range(256)),delete=b"a")
b"a".maketrans(b"a",b"bc")
b"a".maketrans("a",b"b")
b"a".hex()
b"abcd".hex(":")
b"abcd".hex(":",2)
b"abcd".hex(":",-2)
b"abcd".hex("::")
b"abcd".hex("é")
b"abcd".hex(1)
b"abcd".hex(b":")
b"abcd".hex("")
bytes.fromhex("ab c")
bytes.fromhex("abcd")
bytes.fromhex(" ab  cd ")
bytes.fromhex("zz")
bytes.fromhex("a b")
bytes.fromhex(1)
bytes.fromhex(b"abcd")
bytes.fromhex(b"ab\\xff")
bytes.fromhex("abé")
bytes.fromhex("a")
b"a"+"a"
b"a"+1
b"a"*"a"
b"a"["x"]
b"a"[1]
b"a"[0]
b"abc"[::2]
300 in b"a"
"a" in b"a"
97 in b"a"
b"" in b"a"
1.5 in b"a"
b"a" < 1
b"a" == "a"
b"a" == bytearray(b"a")
bytearray(b"a") < b"b"
bytes("a")
bytes("a","utf8")
bytes("é","ascii","ignore")
bytes(3)
bytes(-1)
bytes(1<<70)
bytes([1,256])
bytes([1,"a"])
bytes(1.5)
bytes(None)
bytes(b"a","utf8")
bytes(1,"utf8")
bytes(1,errors="x")
bytes()
bytes(encoding="x")
bytes("a",errors="strict")
bytes("a",1)
bytes(1,2,3,4)
bytes(x=1)
bytes(source=b"a")
bytes([True])
bytearray("a")
bytearray(3)
bytearray(-1)
bytearray([1,256])
bytearray(1.5)
bytearray("a","utf8")
bytearray(source=b"x")
bytearray(b"a","utf8")
bytearray(1,"utf8")
bytearray(None)
b"%s" % "a"
b"%b" % 1
b"%s" % b"a"
b"%d" % 1
b"%d" % "a"
b"%c" % 300
b"%c" % b"ab"
b"%c" % "a"
b"%f" % "a"
b"%a" % "é"
b"%z" % 1
b"%(a)s" % {b"a":b"x"}
b"%(a)s" % {"a":b"x"}
b"%d" % ()
b"a" % 1
b"%x" % 1.5
b"%.2f|%5d|%-5d|%05d" % (1.5,1,1,1)
b"%" % 1
b"%(a" % {}
b"a".decode(1)
b"a".isalpha(1)
b"Ab".swapcase(),b"ab cd".title(),b"ab".capitalize(),b"AB".lower(),b"ab".upper(),b"ab".islower(),b"AB".isupper(),b"Ab".istitle(),b" ".isspace(),b"1".isdigit(),b"a1".isalnum(),b"".isascii()
b"a\\tb".expandtabs(4)
b"a\\nb\\r\\nc\\x0bd".splitlines()
b"a\\nb".splitlines(True)
repr(bytearray(b"a'b"))
repr(b"a'b\\"")
str(b"a")
bytearray(b"a").append(256)
bytearray(b"a").append("a")
bytearray(b"a").extend("a")
bytearray(b"a").extend([256])
bytearray(b"a").extend(1)
bytearray(b"a").insert("a",1)
bytearray(b"a").insert(0,300)
bytearray(b"").pop()
bytearray(b"a").pop(5)
bytearray(b"a").pop("x")
bytearray(b"a").remove(98)
bytearray(b"a").remove("a")
bytearray(b"a").__setitem__(5,1)
bytearray(b"a").__setitem__(0,256)
bytearray(b"a").__setitem__(0,"a")
bytearray(b"a").__setitem__("a",1)
bytearray(b"a").__setitem__(slice(0,1),"abc")
bytearray(b"abc").__setitem__(slice(0,3,2),b"abc")
bytearray(b"a").__setitem__(slice(0,1),5)
bytearray(b"a").__setitem__(slice(0,1),[1.5])
bytearray(b"a").__delitem__(5)
bytearray(b"a")+"a"
bytearray(b"a").__iadd__("a")
bytearray(b"a").__imul__("a")
bytearray(b"a")[5]
bytearray(b"a")["x"]
hash(bytearray())
bytearray(b"a").resize(-1)
bytearray(b"a").resize("a")
bytearray(b"abc").__sizeof__(),bytearray().__sizeof__(),bytearray(b"abc").__alloc__(),bytearray().__alloc__()
bytearray(b"a").__reduce__()
bytearray(b"a").__reduce_ex__(2)
bytearray(b"a").__reduce_ex__(3)
bytearray(b"\\xff").__reduce__()
bytearray(b"a").copy()
bytearray(b"a").reverse()
bytearray(b"a").hex()
bytearray.fromhex("ab")
memoryview(1)
memoryview("a")
memoryview(b"abc")[0],memoryview(b"abc")[0:2].tobytes(),memoryview(b"abc")[::-1].tolist()
memoryview(b"abc")[5]
memoryview(b"abc")["x"]
memoryview(b"abc").__setitem__(0,1)
memoryview(bytearray(b"abc")).__setitem__(0,256)
memoryview(bytearray(b"abc")).__setitem__(0,"a")
memoryview(bytearray(b"abc")).__setitem__(slice(0,2),b"a")
memoryview(bytearray(b"abc")).__delitem__(0)
memoryview(b"abc") == b"abc", memoryview(b"abc") == "abc", memoryview(b"abc") < b"abd"
memoryview(b"abcd").cast("H").tolist()
memoryview(b"abc").cast("H")
memoryview(b"abcd").cast("x")
hash(memoryview(b"abc")) == hash(b"abc")
hash(memoryview(bytearray(b"abc")))
memoryview(b"abc").format,memoryview(b"abc").shape,memoryview(b"abc").strides,memoryview(b"abc").nbytes,memoryview(b"abc").readonly,memoryview(b"abc").ndim,memoryview(b"abc").itemsize,memoryview(b"abc").suboffsets,memoryview(b"abc").contiguous,memoryview(b"abc").obj
memoryview(b"abc").hex(":")
memoryview(b"abc").count(97),memoryview(b"abc").index(98)
memoryview(b"abc").index(1)
memoryview()
len(memoryview(b"abc")), 97 in memoryview(b"abc"), list(memoryview(b"abc"))
(lambda m: (m.release(), m[0]))(memoryview(b"abc"))
(lambda b: (memoryview(b), b.append(1)))(bytearray(b"a"))
(lambda b,m: b.append(1))(*(lambda b:(b,memoryview(b)))(bytearray(b"a")))'''.split('\n'): t(s)
b=bytearray()
L=[]
for i in range(40):
    b.append(1); L.append(b.__alloc__())
print(L)
print(bytearray(b'x'*10).__alloc__(), bytearray(10).__alloc__(), (bytearray(b'abc')+b'd').__alloc__(), bytearray([1,2,3]).__alloc__(), bytearray(iter([1,2,3])).__alloc__())

# A separator keeps its size while the parts come.
separator = bytearray(b",")


def parts():
    separator.clear()
    yield b"A"
    yield b"B"


try:
    separator.join(parts())
except BufferError as error:
    print(error)
print(separator.join([b"a", b"b"]))
separator.clear()
