"""Records what CPython's own flow graph passes make of code generation's output.

    python3.14 record_flowgraph.py FILE... > flowgraph-3.14.txt

Constants are stand-ins, because the sequences come without theirs.
"""
import ast, sys
import _testinternalcapi as t
from opcode import opname, hasarg
import opcode
names = {number: name for name, number in opcode.opmap.items()}
def constants(n):
    fixed = [None, True, 7, "a", 301, 1.5, (1, 2), b"x"]
    return [fixed[i] if i < len(fixed) else (f"s{i}" if i % 2 else i * 3) for i in range(n)]
def canon(c):
    if isinstance(c, tuple): return "(" + ",".join(map(canon, c)) + ")"
    if isinstance(c, frozenset): return "{" + ",".join(sorted(map(canon, c))) + "}"
    return repr(c).replace(" ", "")
def show(instrs):
    out = []
    for op, arg, *loc in instrs:
        out.append(f"{names[op]} {0 if arg is None else arg} {loc[0]} {loc[1]} {loc[2]} {loc[3]}")
    return out
def each(seq):
    for n in seq.get_nested():
        yield n
        yield from each(n)
LOCALS = {"LOAD_FAST", "STORE_FAST", "DELETE_FAST", "LOAD_FAST_AND_CLEAR", "STORE_FAST_MAYBE_NULL", "LOAD_FAST_CHECK"}
CONSTS = {"LOAD_CONST", "RETURN_CONST"}
limit = 10**9
out = sys.stdout
for path in sys.argv[1:]:
    try: tree = ast.parse(open(path, encoding="utf-8").read())
    except Exception: continue
    args = (tree, path, 0) + ((0,) if sys.version_info >= (3, 14) else ())
    try: seq = t.compiler_codegen(*args)[0]
    except Exception: continue
    for n in each(seq):
        ins = n.get_instructions()
        if len(ins) > 3000: continue
        nlocals = 1 + max((i[1] for i in ins if names[i[0]] in LOCALS), default=-1)
        nconsts = 1 + max((i[1] for i in ins if names[i[0]] in CONSTS), default=-1)
        consts = constants(nconsts)
        before = show(ins)
        try: after = t.optimize_cfg(n, consts, nlocals).get_instructions()
        except Exception as e:
            continue
        print(f"sequence {path.split('/')[-1]} {nlocals} {nconsts}", *before, "gives", *show(after), "consts " + " ".join(map(canon, consts)), "end", sep="\n", file=out)
