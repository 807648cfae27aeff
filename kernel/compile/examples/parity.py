"""Tells `parity` what this CPython makes of a file: one path a line comes in, the code objects go out as text."""
import dis, opcode, struct, sys, types, warnings

warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)
mode, optimize = sys.argv[1], int(sys.argv[2])
caches = opcode._inline_cache_entries
has_arg, jumps = set(dis.hasarg), set(dis.hasjrel)
backward = {"JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "END_ASYNC_FOR"}


def canonical(value):
    kind = type(value)
    if value is None or value is True or value is False or value is ...:
        return repr(value)
    if kind is int:
        return f"int {value:x}"
    if kind is float:
        return "float " + struct.pack(">d", value).hex()
    if kind is complex:
        return "complex " + struct.pack(">dd", value.real, value.imag).hex()
    if kind is str:
        return "str " + value.encode("utf-8", "surrogatepass").hex()
    if kind is bytes:
        return "bytes " + value.hex()
    if kind is tuple:
        return "(" + ", ".join(map(canonical, value)) + ")"
    if kind is frozenset:
        return "{" + ", ".join(sorted(map(canonical, value))) + "}"
    if kind is slice:
        return "slice(" + ", ".join(map(canonical, (value.start, value.stop, value.step))) + ")"
    return f"code {value.co_name}"


def show(code, out):
    out.append(f"C {code.co_qualname}\t{code.co_firstlineno}")
    counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount
    out.append(f"flags {code.co_flags:x}")
    out.append("counts %d %d %d" % counts)
    out.append(f"stacksize {code.co_stacksize}")
    out.append("names " + " ".join(code.co_names))
    out.append("varnames " + " ".join(code.co_varnames))
    out.append("cellvars " + " ".join(code.co_cellvars))
    out.append("freevars " + " ".join(code.co_freevars))
    for value in code.co_consts:
        out.append("K " + canonical(value))
    raw = code.co_code
    positions = list(code.co_positions())
    found, at, arg, start = [], 0, 0, 0
    index_of = {}
    while at < len(raw):
        op = raw[at]
        name = opcode.opname[op]
        index_of[at] = len(found)
        arg = arg << 8 | raw[at + 1]
        if name == "EXTENDED_ARG":
            at += 2
            continue
        end = at + 2 + 2 * caches.get(name, 0)
        found.append((op, name, arg, at, end))
        arg, at = 0, end
    index_of[len(raw)] = len(found)
    for op, name, arg, at, end in found:
        if op in jumps:
            arg = index_of[end - 2 * arg if name in backward else end + 2 * arg]
        out.append(f"I {name} {arg}")
    for entry in dis._parse_exception_table(code):
        out.append(f"X {index_of[entry.start]} {index_of[entry.end]} {index_of[entry.target]} {entry.depth} {int(entry.lasti)}")
    for op, name, arg, at, end in found:
        out.append("P %s %s %s %s" % tuple(-1 if part is None else part for part in positions[at // 2]))
    out.append(f"T {code.co_code.hex()} {code.co_linetable.hex()} {code.co_exceptiontable.hex()}")
    for value in code.co_consts:
        if isinstance(value, types.CodeType):
            show(value, out)


print("%d.%d" % sys.version_info[:2], flush=True)
for path in sys.stdin:
    out = []
    try:
        with open(path.rstrip("\n"), encoding="utf-8", newline="") as file:
            source = file.read().lstrip("\ufeff")
        show(compile(source, "x", mode, dont_inherit=True, optimize=optimize), out)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        out = [f"error {type(error).__name__} {error}".replace("\n", " ")]
    print(len(out))
    print("\n".join(out), flush=True)
