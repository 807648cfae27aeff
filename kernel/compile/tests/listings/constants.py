"""Constants are folded, shared, and dropped when nothing needs them."""
a = 1 + 2 * 3, -1, 2**10, "ab" * 3, (1, 2)[1], "abc"[1:], not 0, ~5
b = [1, 2, 3], {1, 2, 3}, (1, (2, "x"), b"y"), [1, 2], {}
c = 1.5, 1e100, -0.0, 0.0, 1j, 2 - 3j, 1e16, 1e-5, 10**40
d = "quote's", 'say "hi"', "\n\t\\\x00\x7f", "é中", b"\x00'", ...
e = 1 / 0, 1 << 1000, "x" * 5000, 2**-1, 7 // -2, 7 % -2, 7.5 // 2
if 0:
    unreachable()
while 1:
    if x in [1, 2] or x in {3, 4} or x is None or x is not None or not x in y:
        break
for i in [1, 2, 3]:
    pass
f"{a!r:>{b}} {{}} {c=}" "tail"
"%s and %r" % (a, b)
__debug__
assert a, "message"
256, 255, -5
True and a or False and b
