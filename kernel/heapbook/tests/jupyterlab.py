"""A session in a real JupyterLab in a headless Chromium, with the installed kernel `heapbook`.

    python jupyterlab.py NOTEBOOK.ipynb [FOLDER FOR PICTURES]

Runs the notebook cell by cell, completes, inspects, interrupts, restarts, and stops in the debugger at a line and where a refcount falls
to zero. Ends with 1 and a traceback when something is not as it should. Needs jupyterlab and playwright, and `chromium` on the path.
"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from playwright.sync_api import expect, sync_playwright

LIMIT = 60_000
expect.set_options(timeout=LIMIT)
TOKEN = "heapbook"
# Every cell is on the page, and nobody asks about news.
SETTINGS = {
    "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
}


def server(folder, log):
    """A JupyterLab of its own, and its address."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    home, root = folder / "home", folder / "notebooks"
    settings = home / "config/lab/user-settings/@jupyterlab"
    for name, values in SETTINGS.items():
        file = settings / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    environment = {**os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
                   "HEAPBOOK_KERNEL_HISTORY": ""}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=%d" % port,
               "--ServerApp.root_dir=" + str(root), "--IdentityProvider.token=" + TOKEN, "--ServerApp.port_retries=0"]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = "http://127.0.0.1:%d" % port
    until = time.monotonic() + LIMIT / 1000
    while True:
        try:
            urllib.request.urlopen(address + "/api?token=" + TOKEN, timeout=5).close()
            return process, address
        except OSError:
            assert process.poll() is None and time.monotonic() < until, "JupyterLab does not start"
            time.sleep(0.1)


class Lab:
    """The page with a notebook open."""

    def __init__(self, page, address, name, pictures):
        self.page, self.pictures = page, pictures
        page.goto("%s/lab/tree/%s?token=%s" % (address, name, TOKEN))
        self.idle()

    def picture(self, name):
        if self.pictures:
            self.page.screenshot(path=str(self.pictures / (name + ".png")))

    def idle(self):
        expect(self.page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text("Idle")

    def command(self, keys):
        """Keys of the notebook's command mode."""
        self.page.keyboard.press("Escape")
        for key in keys:
            self.page.keyboard.press(key)

    def new(self, code=""):
        """A new cell at the end, with the cursor in it."""
        cells = self.page.locator(".jp-Notebook .jp-Cell")
        count = cells.count()
        cells.last.locator(".jp-Cell-inputArea").click()
        self.command("b")
        expect(cells).to_have_count(count + 1)
        self.page.keyboard.press("Enter")
        cell = cells.last
        expect(cell.locator(".cm-editor.cm-focused")).to_be_visible()
        # As one piece: the editor would indent by itself.
        self.page.keyboard.insert_text(code)
        return cell

    def run(self, cell):
        """Runs a cell in which the cursor is, and waits for its number."""
        until = time.monotonic() + LIMIT / 1000
        # Keys that come while the page is still at work are lost.
        while re.search(r"\[\s*\]", cell.locator(".jp-InputPrompt").first.text_content()):
            assert time.monotonic() < until, "the cell does not run"
            self.page.keyboard.press("Control+Enter")
            self.page.wait_for_timeout(500)
        self.done(cell)

    def go_on(self, cell):
        """Lets a stopped program run to its end."""
        until = time.monotonic() + LIMIT / 1000
        while "*" in cell.locator(".jp-InputPrompt").first.text_content():
            assert time.monotonic() < until, "the cell does not end"
            self.page.keyboard.press("F9")
            self.page.wait_for_timeout(500)
        self.done(cell)

    def done(self, cell):
        expect(cell.locator(".jp-InputPrompt").first).to_have_text(re.compile(r"\d"))


def cell_by_cell(lab, notebook):
    """Every cell gives what the file says it gives."""
    page = lab.page
    shown = page.locator(".jp-Notebook .jp-Cell")
    expect(shown).to_have_count(len(notebook["cells"]))
    for at, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        shown = page.locator(".jp-Notebook .jp-Cell").nth(at)
        if cell["metadata"].get("jupyter", {}).get("source_hidden"):
            shown.locator(".jp-Placeholder").first.click()
        shown.locator(".cm-content").click()
        lab.run(shown)
        lab.idle()
        wanted = "".join("".join(o.get("text", o.get("data", {}).get("text/plain", ""))) for o in cell["outputs"] if o["output_type"] != "error")
        got = "".join(part.text_content() for part in shown.locator(".jp-OutputArea-output:not([data-mime-type*=stderr])").all()
                      if "Traceback" not in part.text_content())
        if all("text/html" not in o.get("data", {}) for o in cell["outputs"]):
            assert got.split() == wanted.split(), (at, got, wanted)
    lab.picture("1-cells")


def completion_and_inspection(lab):
    cell = lab.new("import sys\nwords = ['a', 'b']")
    lab.run(cell)
    cell = lab.new("words.app")
    lab.page.keyboard.press("Tab")
    expect(lab.page.locator(".jp-Completer-item")).to_have_text([re.compile("^f?append")])
    lab.page.keyboard.press("Enter")
    expect(cell.locator(".cm-content")).to_have_text("words.append")
    lab.page.keyboard.insert_text("('c'); sys.getre")
    lab.page.keyboard.press("Tab")
    items = lab.page.locator(".jp-Completer-item")
    expect(items).to_have_text([re.compile("getrecursionlimit"), re.compile("getrefcount")])
    lab.picture("2-completion")
    items.nth(1).click()
    lab.page.keyboard.insert_text("(words)")
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("Shift+Tab")
    expect(lab.page.locator(".jp-Tooltip")).to_contain_text("list")
    lab.picture("3-inspection")
    lab.page.keyboard.press("Escape")
    cell = lab.new("words?")
    lab.run(cell)


def interrupt_and_restart(lab):
    cell = lab.new("kept = 7\nwhile True: pass")
    lab.page.keyboard.press("Control+Enter")
    expect(lab.page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "busy")
    lab.command("ii")
    expect(cell.locator(".jp-OutputArea-output").first).to_contain_text("KeyboardInterrupt")
    lab.picture("4-interrupt")
    lab.idle()
    cell = lab.new("kept")
    lab.run(cell)
    expect(cell.locator(".jp-OutputArea-output").first).to_have_text("7")
    lab.command("00")
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    lab.idle()
    cell = lab.new("kept")
    lab.run(cell)
    expect(cell.locator(".jp-OutputArea-output").first).to_contain_text("NameError")


def debugger(lab):
    page = lab.page
    page.locator(".jp-DebuggerBugButton").first.click()
    expect(page.locator(".jp-DebuggerBugButton").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#jp-debugger, .jp-DebuggerSidebar").first).to_be_visible()
    code = "class Node:\n    def __init__(self, name):\n        self.name = name\n\ndef f(n):\n    node = Node('n%d' % n)\n    total = n + 1\n    return total\n\nf(2)"
    cell = lab.new(code)
    cell.locator(".cm-gutters .cm-gutter.cm-breakpoint-gutter .cm-gutterElement").nth(7).click()
    expect(page.locator(".jp-DebuggerBreakpoints")).to_contain_text("7")
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-DebuggerCallstack li").first).to_have_text(re.compile("^f.*:7$"))
    expect(page.locator(".jp-DebuggerVariables")).to_contain_text("node")
    lab.picture("5-breakpoint")
    page.keyboard.press("F10")
    expect(page.locator(".jp-DebuggerVariables")).to_contain_text("total")
    lab.picture("6-step")
    lab.go_on(cell)
    # The filters are offered where exceptions are, and a death stops the program with a scope of its own.
    page.locator(".jp-PauseOnExceptions").click()
    lab.picture("7-filters")
    page.locator(".lm-Menu-item").filter(has_text="death").click()
    cell = lab.new("node = Node('gone')\nnode.friend = Node('friend')\ndel node\n1")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-DebuggerCallstack li").first).to_have_text(re.compile("^<module>.*:3$"))
    page.locator("select[aria-label=Scope]").select_option("Heap")
    expect(page.locator(".jp-DebuggerVariables")).to_contain_text("__dying__")
    expect(page.locator(".jp-DebuggerVariables")).to_contain_text("dies with it")
    lab.picture("8-death")
    lab.go_on(cell)


def main():
    source = pathlib.Path(sys.argv[1])
    pictures = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "log"), "w+") as log:
        folder = pathlib.Path(folder)
        notebook = json.loads(source.read_text())
        # Opened without its outputs: what is seen was made here.
        empty = {**notebook, "cells": [{**c, "outputs": [], "execution_count": None} if c["cell_type"] == "code" else c for c in notebook["cells"]]}
        (folder / "notebooks").mkdir()
        (folder / "notebooks" / source.name).write_text(json.dumps(empty))
        process, address = server(folder, log)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1400, "height": 950})
                page.set_default_timeout(LIMIT)
                try:
                    lab = Lab(page, address, source.name, pictures)
                    cell_by_cell(lab, notebook)
                    completion_and_inspection(lab)
                    interrupt_and_restart(lab)
                    debugger(lab)
                except BaseException:
                    if pictures:
                        page.screenshot(path=str(pictures / "failure.png"))
                    raise
                finally:
                    browser.close()
        except BaseException:
            log.seek(0)
            sys.stderr.write("".join(log.readlines()[-30:]))
            raise
        finally:
            process.terminate()
            process.wait(20)


main()
