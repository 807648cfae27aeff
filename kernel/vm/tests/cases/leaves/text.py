# Each line is evaluated and shown, or its exception is. CPython 3.14.10 recorded the answers (with -W ignore, PYTHONHASHSEED=0).
def t(s):
    try: print(s,'->',ascii(eval(s)))
    except Exception as e: print(s,'!!',type(e).__name__,e)
for s in '''"a".find()
"a".find(1)
"a".find("a",1,2,3)
"a".find("a","x")
"a".count(1)
"a".index("b")
"a".rindex("b")
"a".startswith()
"a".startswith(1)
"a".startswith((1,))
"a".endswith(1)
"a".endswith((1,))
"a".split(1)
"a".split("")
"a".split("a","b")
"a".split(x=1)
"a".split("a",1,2)
"a".join(1)
"a".join([1])
"a".join(["a",1])
"a".replace("a")
"a".replace("a",1)
"a".replace(1,"a")
"a".replace("a","b","c")
"aaa".replace("a","b",count=1)
"a".strip(1)
"a".lstrip(1)
"a".strip("a","b")
"a".partition(1)
"a".partition("")
"a".rpartition("")
"a".center("x")
"a".center(5,"xx")
"a".center(5,1)
"a".center()
"a".ljust(5,"")
"a".zfill("x")
"a".expandtabs("x")
"a".splitlines(1,2)
"a".translate(1)
"a".translate({97:"xyz"})
"a".translate({97:None})
"a".translate({97:0x110000})
"a".translate({97:1.5})
"a".maketrans(1)
"a".maketrans("a")
"a".maketrans("a",1)
"a".maketrans(1,"a")
"a".maketrans("ab","a")
"a".maketrans("ab","ab",1)
"a".maketrans("ab","cd","e")
"a".maketrans({"ab":1})
"a".maketrans({1.5:1})
"a".maketrans({"a":1,2:3})
"a".maketrans()
"a".encode(1)
"é".encode("ascii")
"éé".encode("ascii")
"\\ud800".encode()
"a"+1
"a"*"a"
"a"*(1<<70)
"a"["x"]
"a"[1]
"a"[1<<70]
"a"[:"x"]
1 in "a"
"a" < 1
"a".removeprefix(1)
"a".isidentifier(1)
"a".lower(1)
"a".format_map(1)
"{a}".format_map(1)
"a".format(1,2)
"{}".format()
"{a}".format()
"{0.x}".format(1)
"{0[x]}".format(1)
"{0[x]}".format([1])
"{0[0]}".format([1])
"{0[-1]}".format([1])
"{0[99999999999999999999]}".format([1])
"{".format()
"}".format()
"{0".format(1)
"{0!".format(1)
"{0!x}".format(1)
"{0!rr}".format(1)
"{0!r:>5}".format("a")
"{0:{1}}".format(1,5)
"{0:{1:{2}}}".format(1,2,3)
"{:{}}".format(1,5)
"{0}{}".format(1,2)
"{}{0}".format(1,2)
"{0.}".format(1)
"{0[}".format(1)
"{0[]}".format(1)
"{0[a}".format(1)
"{0[a]b}".format({'a':1})
"{!r}".format("a")
"{a.b[c]}".format(a=1)
"{0!}".format(1)
"{:}}".format(1)
"{{}}".format()
"{ 0 }".format(1)
"{99999999999999999999}".format(1)
"{0:x{}".format(1)
"%d" % "a"
"%d" % 1.5
"%d" % ()
"%d %d" % 1
"%d" % (1,2)
"%x" % 1.5
"%c" % "ab"
"%c" % 1.5
"%c" % -1
"%c" % 0x110000
"%(a)s" % 1
"%(a)s" % {"a":1}
"%(a)s" % {"b":1}
"%(a" % {"a":1}
"%z" % 1
"%" % 1
"%5" % 1
"%*d" % (5,1)
"%*d" % ("a",1)
"%.*f" % (2,1.5)
"%-*d|" % (5,1)
"%*d|" % (-5,1)
"%i %u" % (1,2)
"%#x %#o %#X" % (10,10,10)
"%+d % d %05d %-5d|" % (1,1,-1,1)
"%.3d" % 5
"%.3x" % -5
"%#.5x" % 5
"%08.3f" % -1.5
"%e %E %g %G" % (1.5,1.5,1.5,1e20)
"%r %s %a" % ("é","é","é")
"%.2s" % "abc"
"%5.1s|" % "abc"
"%s" % (1,)
"%s" % [1]
"%%" % ()
"%s %%" % 1
"abc" % 1
"abc" % {}
"abc" % []
"abc" % ()
"%f" % "a"
"%d" % True
"%s %s" % {"a":1}
"%d" % 10**30
"%x" % 10**30
"%99999999999999999999d" % 1
"%.99999999999999999999d" % 1
"%(a)s %s" % {"a":1}
"%(a(b)c)s" % {"a(b)c":1}
"%ld" % 5
"%lld" % 5
"%hd" % 5
"%é" % 5
"%\\n" % 5
"%F" % float('inf')
"%5c|" % "é"
"%d" % None
"%i" % 1j
"%o" % "a"
"%c" % (b"a",)
"%c" % []
str(1,"utf8")
str(b"a","utf8")
str(b"\\xff","utf8")
str(b"a",errors="x")
str("a","utf8")
str(1,2,3,4)
str(object=1)
str(b"a",encoding=1)
str(bytearray(b"abc"),"ascii")
str(b"\\xff","ascii")
str.__new__()
str.__new__(int)
str(x=1)
"abc".__getitem__(5)
"a".__add__(1)
"a".__mul__("a")
"a".__mod__(1)
"a".__rmod__("%s")
"a".__contains__(1)
str.maketrans("a","b")
"a".__sizeof__("a")
"a".__format__(1)
"a".index("a",5)
"a".encode("ascii",1)
"a".encode(errors=1)
"a".isascii(1)
"a".title(1)'''.split('\n'): t(s)

# How much room a split leaves shows in its size.
from sys import getsizeof
print([getsizeof("a:b".split(*args)) for args in [(":",), (":", 1), (":", 3), ("::",), ("é",), ("\u0100",), ("abcd",), (), (None, 1), (None, 20)]])
print([getsizeof(text.split(":")) for text in ["", "a", "é:b", "a:b:c:d:e:f:g:h", ":".join("abcdefghijklmnop")]])
print([getsizeof(text.rsplit()) for text in ["", "   ", "a b c", "a " * 20]], getsizeof("a\nb".splitlines()))
print([getsizeof(data.split(*args)) for data in [b"a b", b""] for args in [(), (b" ",), (b" ", 5), (None, 0)]])
print([str(n) for n in (0, 7, -1, 10, -10, 9223372036854775807, -9223372036854775808)], f"{0}{-5}{12345678901}")
print("".join(["é", "x", "\U0001f600"]), "-".join(["a"]), ":".join("ab"), "é".join(["", "a", ""]), len("\ud800".join(["a", "b"])))

# Encodings with a byte for each character, and codecs that are written in Python.
import codecs

for encoding in "iso-8859-15", "cp1251", "koi8-r", "mac-roman", "cp850", "iso8859-7", "cp037", "punycode":
    for text in "a\xe4\u20ac", "abc", "\u0434\u0430":
        try:
            data = text.encode(encoding)
            print(encoding, data, data.decode(encoding) == text)
        except UnicodeError as error:
            print(encoding, error)
for encoding, data in ("hex", b"ab"), ("base64", b"abc"), ("quopri", b"a=\xff"), ("uu", b"abc"), ("rot13", "abc"):
    coded = codecs.encode(data, encoding)
    print(encoding, coded, codecs.decode(coded, encoding))
print(codecs.lookup("latin2").name, codecs.lookup("windows-1250").name)

# What source in bytes says of its encoding.
for source in (
    b"\xef\xbb\xbf#coding: utf8\nx=1\n",
    b"\xef\xbb\xbf\n#coding: utf8\nx=1\n",
    b"\xef\xbb\xbf#coding: utf_8\nx=1\n",
    b"\xef\xbb\xbf#coding: latin-1\nx=1\n",
    b"#coding: utf8\nx='\xe6\x88\x91'\n",
    b"#coding: iso8859-7\nx='\xe1'\n",
    b"#coding: cp1251\nx = '\xcf\xb3\xf2\xee\xed' +\n",
    b"#coding: nope\nx=1\n",
    b"#coding: rot13\nx=1\n",
    b"#coding: ascii\nx='\xe1'\n",
):
    names = {}
    try:
        exec(compile(source, "<source>", "exec"), names)
        print(names["x"])
    except SyntaxError as error:
        print(error.msg, error.filename, error.lineno, error.offset, repr(error.text), error.end_lineno, error.end_offset)
