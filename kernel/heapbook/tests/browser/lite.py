"""A notebook in a JupyterLite site in a Chromium, with the kernel that runs in the browser: `lite.py SITE CHROMIUM SCREENSHOTS NOTEBOOK`."""

import functools
import http.server
import json
import pathlib
import re
import sys
import threading

from playwright.sync_api import expect, sync_playwright

site, chromium, shots, notebook = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
COLORS = re.compile(r"\x1b\[[0-9;]*m")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def served():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class Lab:
    """JupyterLab with a notebook open, asked by way of its own model."""

    def __init__(self, page, address, name):
        self.page = page
        page.goto(f"{address}/lab/index.html?path={name}")
        expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle")

    def idle(self):
        expect(self.page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")

    def do(self, command, **arguments):
        return self.page.evaluate("([command, given]) => jupyterapp.commands.execute(command, given).then(() => null)", [command, arguments])

    def cells(self):
        return self.page.evaluate("jupyterapp.shell.currentWidget.content.model.toJSON()")["cells"]

    def start(self, code):
        """Begins to run code in a new cell at the end."""
        self.page.evaluate("""(code) => {
            const notebook = jupyterapp.shell.currentWidget.content;
            const { sharedModel } = notebook.model;
            sharedModel.insertCell(sharedModel.cells.length, { cell_type: "code", source: code, metadata: {} });
            notebook.activeCellIndex = sharedModel.cells.length - 1;
            jupyterapp.commands.execute("notebook:run-cell");
        }""", code)
        return self.page.locator(".jp-Notebook .jp-Cell").last

    def shown(self, cell):
        """What stands below the last cell once it has run: then its prompt has a number. The indicator alone can tell of the time before."""
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\d"))
        self.idle()
        return shown(self.cells()[-1])

    def run(self, code):
        """Runs code in a new cell, and gives what it shows."""
        return self.shown(self.start(code))


def shown(cell):
    """What stands below a cell. Streams are one text each: in which pieces they came does not matter."""
    texts = []
    for output in cell["outputs"]:
        kind = output.get("name", output["output_type"])
        text = output.get("text") or output.get("traceback") or output.get("data", {}).get("text/plain", "")
        text = COLORS.sub("", text if isinstance(text, str) else ("\n" if kind == "error" else "").join(text))
        if texts and texts[-1][0] == kind and kind in ("stdout", "stderr"):
            texts[-1][1] += text
        else:
            texts.append([kind, text.rstrip("\n") if kind == "error" else text])
    return texts


def the_notebook_gives_what_its_file_says(lab):
    wanted = json.loads(notebook.read_text())["cells"]
    lab.do("notebook:run-all-cells")
    lab.idle()
    ran = lab.cells()
    assert len(ran) == len(wanted)
    held = 0
    for at, (now, before) in enumerate(zip(ran, wanted)):
        if before["cell_type"] == "code":
            assert shown(now) == shown(before), (at, shown(now), shown(before))
            assert now["execution_count"] == before["execution_count"], at
            held += 1
    lab.page.screenshot(path=shots / "lite-notebook.png")
    assert held > 10, held
    return f"{held} cells"


def outputs_come_live_and_rich(lab):
    drawn = lab.run("pair = [[], []]\npair[0].append(pair)\n%heap pair")
    assert drawn[0][0] == "display_data", drawn
    expect(lab.page.locator(".jp-Notebook .jp-Cell").last.locator("svg").first).to_be_visible()
    lab.page.screenshot(path=shots / "lite-heap.png")
    assert lab.run("import sys, time\nprint('out'); print('err', file=sys.stderr)\ntime.time() > 1.7e9, 6 * 7") == [
        ["stdout", "out\n"], ["stderr", "err\n"], ["execute_result", "(True, 42)"]]
    [[kind, text]] = lab.run("1 / 0")
    assert kind == "error" and text.endswith("ZeroDivisionError: division by zero"), text
    cell = lab.start("print('before')\ntime.sleep(3)\nprint('after')")
    expect(cell.locator(".jp-OutputArea-output")).to_have_text("before\n")
    assert lab.shown(cell) == [["stdout", "before\nafter\n"]]
    metadata = lab.page.evaluate("""async () => {
        const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
        return (await kernel.requestExecute({ code: "more = [[], []]" }).done).metadata;
    }""")
    assert "heapbook" in metadata, metadata


def code_is_completed_and_inspected(lab):
    lab.run("words = ['a', 'b']")
    asked = lab.page.evaluate("""async () => {
        const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
        const replies = await Promise.all([
            kernel.requestComplete({ code: "words.app", cursor_pos: 9 }), kernel.requestInspect({ code: "words", cursor_pos: 5, detail_level: 0 }),
            kernel.requestIsComplete({ code: "for i in range(3):" }), kernel.requestHistory({ hist_access_type: "tail", n: 1, output: false, raw: true }),
            kernel.requestCommInfo({}), kernel.requestKernelInfo()]);
        return replies.map((reply) => reply.content);
    }""")
    completed, inspected, further, past, comms, info = asked
    assert (completed["matches"], completed["cursor_start"], completed["cursor_end"]) == (["append"], 6, 9), completed
    assert inspected["found"] and "list" in inspected["data"]["text/plain"], inspected
    assert further == {"status": "incomplete", "indent": "    "}, further
    assert past["history"][0][2] == "words = ['a', 'b']", past
    assert comms == {"status": "ok", "comms": {}}, comms
    assert (info["implementation"], info["language_info"]["name"]) == ("heapbook", "python"), info


def a_program_asks_for_a_line(lab):
    cell = lab.start("name = input('Who? ')\nprint('Hello,', name)")
    box = cell.locator(".jp-Stdin-input")
    expect(box).to_be_visible()
    box.fill("Gödel")
    box.press("Enter")
    expect(cell.locator(".jp-OutputArea-output").last).to_contain_text("Hello, Gödel")
    lab.shown(cell)


def a_loop_is_interrupted_and_names_are_kept(lab):
    cell = lab.start("kept = 7\nwhile True: pass")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\*"))
    lab.page.wait_for_timeout(300)
    lab.do("notebook:interrupt-kernel")
    expect(cell.locator(".jp-OutputArea-output")).to_contain_text("KeyboardInterrupt")
    assert lab.run("kept") == [["execute_result", "7"]]


def what_is_too_large_ends_the_machine_alone(lab):
    [[kind, text]] = lab.run("big = []\nwhile True: big.append(bytearray(10_000_000))")
    assert kind == "error" and text.startswith("MemoryError") and "All names are gone" in text, text
    assert lab.run("'kept' in globals()") == [["execute_result", "False"]]


def the_kernel_is_restarted(lab):
    lab.run("kept = 8")
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    lab.idle()
    assert lab.run("'kept' in globals()") == [["execute_result", "False"]]


PARTS = [the_notebook_gives_what_its_file_says, outputs_come_live_and_rich, code_is_completed_and_inspected, a_program_asks_for_a_line,
         a_loop_is_interrupted_and_names_are_kept, what_is_too_large_ends_the_machine_alone, the_kernel_is_restarted]

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    lab = Lab(page, served(), notebook.name)
    for part in PARTS:
        try:
            print(f"{part.__name__}: {part(lab) or 'ok'}", flush=True)
        except BaseException:
            page.screenshot(path=shots / "lite-wrong.png")
            raise
    assert not wrong, wrong
    browser.close()
