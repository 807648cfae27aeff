"""Records what `dis` of this CPython shows for the cases: `python3.14 record_listings.py listings/*.py`.

Addresses of code objects are left out; they are all that varies between two runs.
"""
import contextlib, dis, io, re, sys, warnings

warnings.simplefilter("ignore")
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        code = compile(file.read(), path.rsplit("/", 1)[-1], "exec", dont_inherit=True)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        dis.dis(code)
    text = re.sub(r" at 0x[0-9a-f]+", "", out.getvalue())
    with open(path.removesuffix(".py") + ".%d.%d.txt" % sys.version_info[:2], "w", encoding="utf-8") as file:
        file.write(text)
