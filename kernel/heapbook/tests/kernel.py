"""Drives the installed kernel `heapbook` with jupyter_client and nbclient; ends with 1 and a traceback when something is not as it should."""

import hashlib
import hmac
import itertools
import json
import os
import pathlib
import queue
import socket
import struct
import subprocess
import sys
import tempfile
import time

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

LIMIT = 60
# `SOAK=30` makes it thirty times as long: ten thousand cells, two hundred restarts.
SOAK = int(os.environ.get("SOAK", "1"))


class Kernel:
    """A running kernel and a client of it."""

    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name="heapbook")

    def run(self, code, **more):
        """The reply's content, and the iopub messages up to idle."""
        id = self.client.execute(code, **more)
        messages = []
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["parent_header"].get("msg_id") != id:
                continue
            messages.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        while True:
            reply = self.client.get_shell_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == id:
                return reply["content"], messages

    def value(self, code):
        """The value that a cell shows, as text."""
        reply, messages = self.run(code)
        assert reply["status"] == "ok", reply
        results = [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result"]
        return results[0] if results else None

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def memory(kernel):
    with open("/proc/%d/statm" % kernel.manager.provisioner.process.pid) as f:
        return int(f.read().split()[1]) * 4


def soak(kernel):
    """Some hundred cells, some of them wrong, some interrupted; the names stay, and memory does not grow with every cell."""
    assert kernel.value("kept = [1]") is None
    for i in range(100):
        assert kernel.value("%d + 1" % i) == str(i + 1)
    before = memory(kernel)
    for i in range(300 * SOAK):
        kernel.run("x = [[] for i in range(100)]; x.append(x)", store_history=False)
    assert memory(kernel) < before + 8_000, (before, memory(kernel))
    for i in range(20):
        reply, _ = kernel.run("1/0")
        assert (reply["status"], reply["ename"]) == ("error", "ZeroDivisionError"), reply
    for code in ["while True: pass", "import time; time.sleep(600)", "for i in range(10**9): [i].copy()"] * 3:
        id = kernel.client.execute(code)
        time.sleep(0.1)
        kernel.manager.interrupt_kernel()
        while True:
            reply = kernel.client.get_shell_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == id:
                break
        assert reply["content"]["ename"] == "KeyboardInterrupt", reply["content"]
        assert kernel.value("kept") == "[1]"


def outputs(kernel):
    """Nothing printed is lost, and the order is kept."""
    _, messages = kernel.run("import sys\nfor i in range(20000): print(i)\nprint('e', file=sys.stderr)\nprint('o')")
    text = "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream" and m["content"]["name"] == "stdout")
    assert text == "".join("%d\n" % i for i in range(20000)) + "o\n"
    # The end of the moment for which text is gathered may come between a text and its line end.
    names = [name for name, _ in itertools.groupby(m["content"]["name"] for m in messages if m["msg_type"] == "stream")]
    assert names[-2:] == ["stderr", "stdout"], names[-3:]


def magics(kernel):
    kernel.run("a = []; b = [a]; c = {'k': a}")
    _, messages = kernel.run("%refs a")
    data = [m["content"]["data"] for m in messages if m["msg_type"] == "display_data"][0]
    lines = data["text/plain"].splitlines()
    assert lines[0] == "a: 3 references" and len(lines) >= 4, lines
    report = data["application/vnd.heapbook.refs+json"]
    assert (report["version"], report["refcount"], len(report["holders"])) == (1, 3, 3), report
    assert kernel.value("%who_ls dict") == "['c']"
    assert kernel.value("a;") is None
    assert kernel.value("a = 1; a") == "1"
    completing(kernel)
    reply, _ = kernel.run("!ls")
    assert reply["ename"] == "UsageError" and "runs Python only" in reply["evalue"], reply
    kernel.run("class N: pass\nn = N(); n.self = n; del n")
    _, messages = kernel.run("%collect --step")
    text = [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "display_data"][0]
    assert text.startswith("collected ") and "move_unreachable" in text, text


def completing(kernel):
    """Completion reaches what can be reached without a call, as IPython's does."""
    kernel.run("""words = ['a', 'b']
d = {'key one': 1, 'key2': {'in': [1]}, 3: 4}
def f(alpha, beta=1, *, gamma=2): pass
class A:
    def __init__(self, xx): self.xx = xx
    def __getitem__(self, key): called.append(key)
    @property
    def quiet(self): called.append('quiet')
a, called = A(1), []
""")

    def complete(code):
        kernel.client.complete(code)
        found = kernel.client.get_shell_msg(timeout=LIMIT)["content"]
        types = [one["type"] for one in found["metadata"].get("_jupyter_types_experimental", [])]
        return found["cursor_start"], list(zip(found["matches"], types))

    for code, start, found in [
        ("x = str.isalp", 8, [("isalpha", "function")]),
        ("words[0].up", 9, [("upper", "function")]),
        ("d['ke", 3, [("key one", "dict key"), ("key2", "dict key")]),
        ("d[", 2, [("'key one'", "dict key"), ("'key2'", "dict key"), ("3", "dict key")]),
        ("d['key2']['", 11, [("in", "dict key")]),
        ("d['key2']['in'].app", 16, [("append", "function")]),
        ("f(alpha=1, be", 11, [("beta=", "param")]),
        ("f(ga", 2, [("gamma=", "param")]),
        ("A(xx", 2, [("xx=", "param")]),
        ("sorted(words, key", 14, [("key=", "param")]),
        ("'x'.up", 4, [("upper", "function")]),
        ("[].app", 3, [("append", "function")]),
        ("(1).rea", 4, [("real", "property")]),
        ("words[0:1].app", 11, [("append", "function")]),
        ("x = f(words[0].up", 15, [("upper", "function")]),
        ("{1:2}.ke", 6, [("keys", "function")]),
        ("f(1).", 5, []),
        ("a[0].", 5, []),
        ("a.qu", 2, [("quiet", "property")]),
    ]:
        assert complete(code) == (start, found), (code, complete(code))
    assert kernel.value("called") == "[]"
    kernel.client.inspect("words[0].upper()", 14)
    found = kernel.client.get_shell_msg(timeout=LIMIT)["content"]
    assert found["found"] and "upper" in found["data"]["text/plain"], found
    kernel.run("del words, d, f, A, a, called")


def watching(kernel):
    """Memory over time, the most that a statement needs, and what each cell did to the heap."""
    def shown(code, media):
        _, messages = kernel.run(code)
        data = [m["content"]["data"] for m in messages if m["msg_type"] == "display_data"][0]
        assert data["text/plain"] and "<pre>" in data["text/html"], data
        return data, data["application/vnd.heapbook.%s+json" % media]

    data, report = shown("%memit big = [0] * 20_000_000; del big", "memit")
    assert report["version"] == 1 and report["peak"] >= report["increment"], report
    assert data["text/plain"].startswith("peak memory: "), data
    data, report = shown("%%mprof -i 0.05\nimport time\nbig = [0] * 20_000_000\ntime.sleep(0.3)\ndel big", "mprof")
    points = report["points"]
    assert report["version"] == 1 and len(points) >= 5 and "<svg" in data["text/html"] and report["picture"]["moments"], report
    assert max(size for _, size in points) - points[0][1] > 100_000_000, points
    id = kernel.client.execute("kept_sets = [set() for i in range(1000)]")
    while True:
        reply = kernel.client.get_shell_msg(timeout=LIMIT)
        if reply["parent_header"].get("msg_id") == id:
            break
    heap = reply["metadata"]["heapbook"]
    sets = [row for row in heap["types"] if row["type"] == "set"]
    assert heap["version"] == 1 and sets == [{"type": "set", "objects": 1000, "bytes": 216_000}], heap
    assert heap["objects"]["more"] >= 1000 and heap["collections"] >= 0, heap


def versions(kernel):
    """A cell under another version has names and counts of its own, and its errors are the cell's."""
    kernel.run("x = []\ndef count(o):\n    import sys\n    return sys.getrefcount(o)")
    assert kernel.value("count(x)") == "2"
    kernel.run("%%version 3.10\nx = []\ndef count(o):\n    import sys\n    return sys.getrefcount(o)")
    assert kernel.value("%%version 3.10\ncount(x)") == "4"
    assert kernel.value("count(x)") == "2"
    reply, _ = kernel.run("%%version 3.10\ny")
    assert (reply["ename"], reply["evalue"]) == ("NameError", "name 'y' is not defined"), reply
    assert "Cell In[" in "".join(reply["traceback"]), reply
    reply, _ = kernel.run("%%version 3.9\n1")
    assert reply["ename"] == "UsageError" and "2.7-gc" in reply["evalue"], reply


class Debug:
    """The debugger of a kernel, attached."""

    def __init__(self, kernel):
        self.client, self.seq = kernel.client, 0
        filters = self.ask("initialize")["exceptionBreakpointFilters"]
        assert {f["filter"] for f in filters} == {"raised", "uncaught", "death", "collection"}, filters
        self.ask("attach")

    def ask(self, command, **arguments):
        self.seq += 1
        self.client.control_channel.send(self.client.session.msg(
            "debug_request", {"type": "request", "seq": self.seq, "command": command, "arguments": arguments}))
        while True:
            reply = self.client.get_control_msg(timeout=LIMIT)
            if reply["msg_type"] == "debug_reply":
                assert reply["content"]["success"], reply["content"]
                return reply["content"]["body"]

    def stopped(self):
        """What the next stop says, and the innermost frame there."""
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["msg_type"] == "debug_event" and message["content"]["event"] == "stopped":
                return message["content"]["body"], self.ask("stackTrace", threadId=1)["stackFrames"][0]

    def evaluate(self, expression, frame):
        return self.ask("evaluate", expression=expression, frameId=frame["id"])["result"]

    def scope(self, name, frame):
        """The variables of a scope."""
        scopes = self.ask("scopes", frameId=frame["id"])["scopes"]
        number = [s["variablesReference"] for s in scopes if s["name"] == name][0]
        return {v["name"]: v for v in self.ask("variables", variablesReference=number)["variables"]}

    def reply(self, id):
        """The answer to a cell, once it has run to its end."""
        while True:
            reply = self.client.get_shell_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == id:
                return reply["content"]


def debugger(kernel):
    """A breakpoint in a loop, a step, a variable, and the end of it."""
    debug = Debug(kernel)
    ask = debug.ask

    def stopped():
        _, frame = debug.stopped()
        return frame["name"], frame["line"], debug.evaluate("i", frame)

    code = "def f(n):\n    total = 0\n    for i in range(n):\n        total += i\n        total -= 1\n    return total\nf(4)"
    path = ask("dumpCell", code=code)["sourcePath"]
    ask("setBreakpoints", source={"path": path}, breakpoints=[{"line": 4, "condition": "i != 1"}])
    ask("configurationDone")
    id = kernel.client.execute(code)
    assert stopped() == ("f", 4, "0")
    ask("next", threadId=1)
    assert stopped() == ("f", 5, "0")
    ask("continue", threadId=1)
    assert stopped() == ("f", 4, "2")
    ask("setBreakpoints", source={"path": path}, breakpoints=[])
    ask("stepOut", threadId=1)
    assert debug.reply(id)["status"] == "ok"
    ask("disconnect")
    assert kernel.value("f(4)") == "2"


def deaths(kernel):
    """The program stops where a refcount falls to zero: of an object of a class, of one object that was chosen."""
    kernel.run("class Node:\n    def __init__(self, name): self.name, self.next = name, None\n    def __repr__(self): return 'Node ' + self.name\nimport collections")
    debug = Debug(kernel)
    debug.ask("setExceptionBreakpoints", filters=["death"])
    id = kernel.client.execute("def f():\n    a = Node('a')\n    a.next = Node('b')\n    del a\n    return 1\nkept = Node('kept')\nf()")
    body, frame = debug.stopped()
    assert body["reason"] == "exception" and body["text"] == "Node", body
    assert "the refcount of a Node at 0x" in body["description"] and "Node a has fallen to zero" in body["description"], body
    assert (frame["name"], frame["line"]) == ("f", 4), frame
    assert body["heapbook"]["type"] == "Node" and body["heapbook"]["repr"] == "Node a", body
    assert debug.evaluate("__dying__.next.name + kept.name", frame) == "'bkept'"
    heap = debug.scope("Heap", frame)
    assert heap["__dying__"]["value"] == "Node a" and heap["dies with it [0]"]["value"] == "Node b", heap
    assert debug.ask("exceptionInfo", threadId=1)["exceptionId"] == "Node"
    debug.ask("continue", threadId=1)
    body, frame = debug.stopped()
    assert body["heapbook"]["repr"] == "Node b" and frame["line"] == 4, body
    debug.ask("next", threadId=1)
    body, frame = debug.stopped()
    assert (body["reason"], frame["name"], frame["line"]) == ("step", "f", 5), (body, frame)
    debug.ask("continue", threadId=1)
    assert debug.reply(id)["status"] == "ok"
    # Whoever keeps a dying object saves it.
    kernel.run("saved = []")
    id = kernel.client.execute("x = Node('x')\ndel x\nsaved[0].name")
    _, frame = debug.stopped()
    debug.evaluate("saved.append(__dying__)", frame)
    debug.ask("continue", threadId=1)
    assert debug.reply(id)["status"] == "ok"
    # Classes by name, and a name that is none.
    told = debug.ask("setExceptionBreakpoints", filters=[], filterOptions=[
        {"filterId": "death", "condition": "dict, collections.deque"}, {"filterId": "death", "condition": "1 +"}])["breakpoints"]
    assert [t["verified"] for t in told] == [True, False], told
    debug.ask("setExceptionBreakpoints", filters=[], filterOptions=[{"filterId": "death", "condition": "dict, collections.deque"}])
    id = kernel.client.execute("d = {'k': Node('v')}; q = collections.deque([1]); l = []\ndel l, d, q")
    assert [debug.stopped()[0]["text"], debug.ask("continue", threadId=1) and debug.stopped()[0]["text"]] == ["dict", "collections.deque"]
    debug.ask("continue", threadId=1)
    assert debug.reply(id)["status"] == "ok"
    debug.ask("setExceptionBreakpoints", filters=[])
    # One object, by a data breakpoint: when it dies its breakpoint goes.
    kernel.run("a, b = [1], [2]; s = 'text' * 100")
    assert debug.ask("dataBreakpointInfo", name="s")["dataId"] is None
    info = debug.ask("dataBreakpointInfo", name="b")
    assert "the death of `b`, a list at 0x" in info["description"], info
    told = debug.ask("setDataBreakpoints", breakpoints=[{"dataId": info["dataId"]}, {"dataId": "0x10"}])["breakpoints"]
    assert [t["verified"] for t in told] == [True, False], told
    id = kernel.client.execute("a = None\nc = b\nb = None\nc = None\n3")
    body, frame = debug.stopped()
    assert body["reason"] == "data breakpoint" and "a list at " + info["dataId"] + ", [2]" in body["description"], body
    assert frame["line"] == 4, frame
    # An interrupt ends the wait, and then the program.
    kernel.manager.interrupt_kernel()
    reply = debug.reply(id)
    assert reply["status"] == "ok" or reply["ename"] == "KeyboardInterrupt", reply
    debug.ask("disconnect")
    assert kernel.value("b = [2]; b = None; 4") == "4"


def collections(kernel):
    """The program stops after each phase of a collection, with the phase's working counts."""
    kernel.run("import gc\nclass Cyclic:\n    def __del__(self): print('finalizer')\nheld = []\ndef make():\n    n = Cyclic(); n.me = n; held.append([n] and [])\ngc.collect()")
    debug = Debug(kernel)
    debug.ask("setExceptionBreakpoints", filters=["collection"])
    kernel.run("gc.disable(); make()")
    id = kernel.client.execute("gc.collect()")
    phases, unreachable = [], None
    names = ["update_refs", "subtract_refs", "move_unreachable", "handle_weakrefs", "finalize_garbage", "handle_resurrected_objects", "delete_garbage"]
    for name in names:
        body, frame = debug.stopped()
        phases.append(body["text"])
        assert body["description"].startswith("collection of generation 2, " + name + ": "), body
        assert body["heapbook"]["phase"] == name and body["heapbook"]["generation"] == 2, body
        heap = debug.scope("Heap", frame)
        if name == "subtract_refs":
            assert heap["held"]["value"].startswith("gc_refs ") and " of " in heap["held"]["value"], heap
        if name == "move_unreachable":
            assert heap["held"]["value"].startswith("reachable"), heap
            unreachable = [v for v in heap.values() if v["value"].startswith("unreachable")]
            assert len(unreachable) == 1 and unreachable[0]["type"] == "Cyclic", heap
        if name == "finalize_garbage":
            assert [v["type"] for v in heap.values()] == ["Cyclic"] and "refcount 1" in list(heap.values())[0]["value"], heap
        assert debug.evaluate("1 + len(held)", frame) == "2"
        debug.ask("continue", threadId=1)
    assert phases == names, phases
    assert debug.reply(id)["status"] == "ok"
    # Chosen phases of chosen generations; an automatic collection stops as well.
    debug.ask("setExceptionBreakpoints", filters=[], filterOptions=[{"filterId": "collection", "condition": "0 delete_garbage"}])
    id = kernel.client.execute("gc.enable()\nfor i in range(3000): make()\ngc.collect()")
    body, frame = debug.stopped()
    assert body["text"] == "delete_garbage" and body["heapbook"]["generation"] == 0, body
    debug.ask("setExceptionBreakpoints", filters=[])
    debug.ask("continue", threadId=1)
    assert debug.reply(id)["status"] == "ok"
    # A kept object lives, whatever the collector thought of it.
    debug.ask("setExceptionBreakpoints", filters=[], filterOptions=[{"filterId": "collection", "condition": "move_unreachable, finalize_garbage"}])
    kernel.run("class Kept: pass\ngc.disable()\nimport weakref\nkept = []\np = Kept(); p.me = p; p.you = [p]; w = weakref.ref(p); del p")
    id = kernel.client.execute("gc.collect()")
    _, frame = debug.stopped()
    debug.evaluate("kept.append(w())", frame)
    debug.ask("continue", threadId=1)
    assert debug.reply(id)["status"] == "ok"
    debug.ask("disconnect")
    assert kernel.value("gc.enable(); kept[0].you[0] is kept[0]") == "True"


def exceptions(kernel):
    """The program stops where an exception is raised, or where one has ended a cell."""
    debug = Debug(kernel)
    code = "def f(x):\n    return 1 / x\ntry:\n    f(0)\nexcept ZeroDivisionError:\n    pass\nfor x in iter([1]): pass\nf(0)"
    debug.ask("setExceptionBreakpoints", filters=["raised"])
    id = kernel.client.execute(code)
    for _ in range(2):
        body, frame = debug.stopped()
        assert (body["reason"], body["text"]) == ("exception", "ZeroDivisionError: division by zero"), body
        assert (frame["name"], frame["line"], debug.evaluate("x", frame)) == ("f", 2, "0"), frame
        assert debug.ask("exceptionInfo", threadId=1)["exceptionId"] == "ZeroDivisionError"
        debug.ask("continue", threadId=1)
    assert debug.reply(id)["ename"] == "ZeroDivisionError"
    debug.ask("setExceptionBreakpoints", filters=["uncaught"])
    id = kernel.client.execute(code)
    body, frame = debug.stopped()
    assert (frame["name"], frame["line"], debug.evaluate("__exception__.args[0] + str(x)", frame)) == ("f", 2, "'division by zero0'"), frame
    assert [f["line"] for f in debug.ask("stackTrace", threadId=1)["stackFrames"]] == [2, 8]
    debug.ask("continue", threadId=1)
    assert debug.reply(id)["ename"] == "ZeroDivisionError"
    debug.ask("disconnect")


def history(kernel):
    """Cells are found again in later sessions, whatever other kernels do meanwhile, and whatever happened to the file."""
    def ask(asked, **arguments):
        asked.client.history(raw=True, output=False, **arguments)
        while True:
            reply = asked.client.get_shell_msg(timeout=LIMIT)
            if reply["msg_type"] == "history_reply":
                return reply["content"]["history"]

    kernel.run("first_cell = 'ä'\nof_two_lines = 1")
    session = ask(kernel, hist_access_type="tail", n=1)[0][0]
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=LIMIT)
    other = Kernel()
    try:
        kernel.run("second = 1")
        with open(os.environ["HEAPBOOK_KERNEL_HISTORY"], "a") as f:
            f.write("garbage\n[1, 2\n{}\n[\"x\"]\n\xff\n[7, \"cut")
        other.run("third = 1")
        kernel.run("second = 1")
        one, two = (ask(k, hist_access_type="tail", n=1)[0][0] for k in (kernel, other))
        assert sorted({session, one, two}) == [session, one, two] or sorted({session, one, two}) == [session, two, one], (session, one, two)
        assert ask(kernel, hist_access_type="range", session=0, start=1, stop=3) == [[0, 1, "second = 1"], [0, 2, "second = 1"]]
        old = [session, "first_cell = 'ä'\nof_two_lines = 1"]
        assert [[s, text] for s, _, text in ask(kernel, hist_access_type="range", session=session - one, start=1)][-1] == old
        assert [[s, text] for s, _, text in ask(other, hist_access_type="search", pattern="first_cell*of_*", n=1)] == [old]
        assert [text for *_, text in ask(other, hist_access_type="tail", n=2)][-1] == "third = 1"
        assert len(ask(kernel, hist_access_type="search", pattern="second = 1")) == 2
        assert len(ask(kernel, hist_access_type="search", pattern="second = 1", unique=True)) == 1
        assert len(ask(kernel, hist_access_type="tail")) == 10
        _, messages = kernel.run("%history -g first_cell")
        text = "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream")
        assert text.strip().startswith("%d/" % session) and text.endswith(": %history -g first_cell\n"), text
        reply, _ = kernel.run("%%recall ~%d/1" % (one - two))  if one > two else kernel.run("%%recall %d/1" % two)
        assert reply["payload"] == [{"source": "set_next_input", "text": "third = 1", "replace": False}], reply
    finally:
        other.close()


def silent_history():
    """Whoever wants no history has none."""
    file = os.environ["HEAPBOOK_KERNEL_HISTORY"]
    before = pathlib.Path(file).read_bytes()
    os.environ["HEAPBOOK_KERNEL_HISTORY"] = ""
    kernel = Kernel()
    try:
        kernel.run("1")
    finally:
        kernel.close()
        os.environ["HEAPBOOK_KERNEL_HISTORY"] = file
    assert pathlib.Path(file).read_bytes() == before


def blocked_input(kernel):
    """An interrupt ends a wait for input that nobody answers."""
    for code in ("import sys; sys.stdin.readline()", "input()"):
        id = kernel.client.execute(code, allow_stdin=True)
        kernel.client.get_stdin_msg(timeout=LIMIT)
        kernel.manager.interrupt_kernel()
        while True:
            reply = kernel.client.get_shell_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == id:
                break
        assert reply["content"]["ename"] == "KeyboardInterrupt", reply


def garbage(kernel):
    """Whatever comes, the next good message is answered."""
    info = kernel.manager.get_connection_info()
    ports = [info[name] for name in ("shell_port", "control_port", "iopub_port", "stdin_port", "hb_port")]
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(16) + bytes(32)
    ready = b"\x04\x19\x05READY\x0bSocket-Type" + struct.pack(">I", 6)[:4] + b"DEALER"
    ready = b"\x04" + bytes([len(ready) - 2]) + ready[2:]

    def sign(parts):
        return hmac.new(info["key"], b"".join(parts), hashlib.sha256).hexdigest().encode()

    def frames(*parts):
        return b"".join((b"\x03" if i + 1 < len(parts) else b"\x02") + struct.pack(">Q", len(p)) + p for i, p in enumerate(parts))

    header = json.dumps({"msg_type": "execute_request", "msg_id": "x", "session": "y"}).encode()
    bad = [
        b"", b"GET / HTTP/1.1\r\n\r\n", greeting[:20], greeting, bytes(64), greeting + b"\x04\xff", greeting + ready,
        greeting + ready + b"\x02" + struct.pack(">Q", 1 << 62) + b"x",
        greeting + ready + b"\x03" + struct.pack(">Q", 100) + b"short",
        greeting + ready + b"\xf0\x01x",
        greeting + ready + frames(b"no delimiter"),
        greeting + ready + frames(b"<IDS|MSG>"),
        greeting + ready + frames(b"<IDS|MSG>", b"", header, b"{}", b"{}", b"{}"),
        greeting + ready + frames(b"<IDS|MSG>", b"zz" * 32, header, b"{}", b"{}", b"{}"),
        greeting + ready + frames(b"<IDS|MSG>", sign([b"{", b"{}", b"{}", b"{}"]), b"{", b"{}", b"{}", b"{}"),
        greeting + ready + frames(b"<IDS|MSG>", sign([b"\xff", b"{}", b"{}", b"{}"]), b"\xff", b"{}", b"{}", b"{}"),
        greeting + ready + frames(b"<IDS|MSG>", sign([header, b"{}", b"{}", b"[]"]), header, b"{}", b"{}", b"[]"),
        greeting + ready + frames(b"<IDS|MSG>", sign([header, b"{}", b"{}", b'{"code":1}']), header, b"{}", b"{}", b'{"code":1}'),
    ]
    for i in range(10 * SOAK):
        for data in bad:
            with socket.create_connection((info["ip"], ports[i % len(ports)])) as s:
                s.sendall(data)
    assert kernel.value("6 * 7") == "42"


def restarts(kernel):
    """A restart leaves no process behind, and no name."""
    for i in range(7 * SOAK):
        kernel.run("kept = [%d]" % i)
        before = kernel.manager.provisioner.process.pid
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=LIMIT)
        assert not pathlib.Path("/proc/%d" % before).exists(), before
        reply, _ = kernel.run("kept")
        assert reply["ename"] == "NameError", reply


def deaf_subscriber(kernel):
    """Somebody who subscribes and never reads does not stop the kernel."""
    info = kernel.manager.get_connection_info()
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(16) + bytes(32)
    body = b"\x05READY\x0bSocket-Type" + struct.pack(">I", 3) + b"SUB"
    with socket.create_connection((info["ip"], info["iopub_port"])) as s:
        s.sendall(greeting + b"\x04" + bytes([len(body)]) + body + b"\x00\x01\x01")
        begin = time.monotonic()
        for _ in range(10):
            _, messages = kernel.run("print('x' * 8_000_000)")
            assert sum(len(m["content"]["text"]) for m in messages if m["msg_type"] == "stream") == 8_000_001
        assert time.monotonic() - begin < 30


def notebook():
    """nbclient runs a notebook, nbval finds the same outputs again, papermill gives it a parameter."""
    cells = ["import sys, gc\nx = [1]\nsys.getrefcount(x)", "print('a'); print('b', file=sys.stderr)", "x", "_"]
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]})] + [nbformat.v4.new_code_cell(cell) for cell in cells]
        + [nbformat.v4.new_code_cell("n")],
        metadata={"kernelspec": {"name": "heapbook", "display_name": "Heapbook", "language": "python"}})
    NotebookClient(book, kernel_name="heapbook").execute()
    assert [o.data["text/plain"] for c in book.cells for o in c.outputs if o.output_type == "execute_result"] == ["2", "[1]", "[1]", "1"]
    assert book.metadata.language_info.name == "python"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "book.ipynb")
        nbformat.write(book, file)
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", str(file)], cwd=folder,
                              env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        done = subprocess.run([sys.executable, "-m", "papermill", "-p", "n", "5", str(file), "out.ipynb"], cwd=folder, env=environment,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert nbformat.read(pathlib.Path(folder, "out.ipynb"), 4).cells[-1].outputs[0].data["text/plain"] == "5"


def main():
    kernel = Kernel()
    try:
        for test in (soak, outputs, magics, watching, versions, debugger, deaths, collections, exceptions, blocked_input, history, garbage,
                     deaf_subscriber, restarts):
            test(kernel)
    finally:
        kernel.close()
    silent_history()
    notebook()


main()
