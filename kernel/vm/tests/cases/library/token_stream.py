import _tokenize, io, sys
def show(src, extra):
    print('---', repr(src), extra)
    it = _tokenize.TokenizerIter(io.StringIO(src).readline, extra_tokens=extra)
    try:
        for t in it: print(t)
    except SyntaxError as e: print(type(e), e.args)
for src in ["x = 1 # c\n\nif x:\n    y\n  # z\n    é = f'a{x!r:>{w}}b' + 2\nz", "(a,\n b)\n", "", "\n", "if a:\n\tb\n\n", "a = '''x\ny'''\n", "a \\\n + b\n", "x = 'abc\n", "(a", "if a:\n   b\n  c\n", "a$b", "1_000 0x1F ** ->...:=\n", "def f():\r\n    pass\r\n", "# only", "class A:\n  def f(self):\n    pass\n\n\n  x=1\n", "t't{1}'", "f'''\n{x}\n'''\n", "f'{{}}'"]:
    show(src, True)
