"""Drives the pages of a drawn book in a Chromium: `pages.py BOOK CHROMIUM SCREENSHOTS`."""

import functools
import http.server
import json
import pathlib
import sys
import threading

from playwright.sync_api import expect, sync_playwright

book, chromium, shots = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
PATIENCE = 60_000


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def served():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(book)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def opened(context, address):
    """A page, and what goes wrong on it: errors, and requests that leave its origin."""
    page = context.new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    origin = address.split("/", 3)[2]
    page.on("request", lambda request: page.wrong.append(request.url)
            if request.url.startswith(("http:", "https:", "ws:", "wss:")) and request.url.split("/", 3)[2] != origin else None)
    page.goto(address)
    return page


def cell(page, name):
    return page.locator(f"#{name}.heapbook-cell")


def status(cell):
    return cell.locator(".heapbook-bar .heapbook-status")


def every_page_runs(context, site):
    """Every snippet of every page prints in the browser what the page says."""
    ran = 0
    for file in sorted(book.glob("*.html")):
        if file.name in ("index.html", "print.html", "404.html", "toc.html") or "heapbook-page" not in file.read_text():
            continue
        # As a file, as most readers do not, and so as the harder of the two.
        page = opened(context, file.as_uri())
        page.get_by_role("button", name="Run all").click()
        bars = page.locator(".heapbook-cell:not(.heapbook-answer) .heapbook-bar")
        for i in range(bars.count()):
            expect(bars.nth(i).locator(".heapbook-status"), f"{file.name}, snippet {i}").to_have_text("same as the book", timeout=PATIENCE)
            ran += 1
        assert not page.wrong, (file.name, page.wrong)
        page.close()
    assert ran > 100, ran
    return f"{ran} snippets"


def a_snippet_is_run_by_way_of_those_before_it(context, site):
    page = opened(context, f"{site}/01-counting.html")
    bars = page.locator(".heapbook-cell:not(.heapbook-answer) .heapbook-bar")
    bars.nth(3).get_by_role("button", name="Run").click()
    for i in range(4):
        expect(bars.nth(i).locator(".heapbook-status")).to_have_text("same as the book", timeout=PATIENCE)
    assert bars.nth(4).locator(".heapbook-status").inner_text() == ""
    assert not page.wrong, page.wrong


def code_is_edited_compared_and_reset(context, site):
    page = opened(context, f"{site}/01-counting.html")
    first = page.locator(".heapbook-cell").first
    book_text = first.locator("pre code").first.inner_text()
    first.get_by_role("button", name="Edit").click()
    editor = first.get_by_role("textbox")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("for i in range(2):\nprint(i)\n")
    assert editor.input_value() == "for i in range(2):\n    print(i)\n    ", repr(editor.input_value())
    page.keyboard.press("Backspace")
    page.keyboard.type("1/0")
    page.keyboard.press("Control+Enter")
    expect(status(first)).to_have_text("differs from the book", timeout=PATIENCE)
    live = first.get_by_role("log")
    expect(live).to_contain_text("0\n1\nTraceback (most recent call last):")
    expect(live).to_contain_text("ZeroDivisionError: division by zero")
    live.get_by_text("compared with the book").click()
    page.screenshot(path=shots / "edited.png")
    # The keys that turn mdBook's pages are the editor's own.
    editor.focus()
    page.keyboard.press("ArrowRight")
    assert page.url.endswith("01-counting.html")
    page.keyboard.press("Escape")
    expect(first.get_by_role("button", name="Edit")).to_be_focused()
    first.get_by_role("button", name="Reset").click()
    assert first.locator("pre code").first.inner_text() == book_text
    first.get_by_role("button", name="Run").click()
    expect(status(first)).to_have_text("same as the book", timeout=PATIENCE)
    assert not page.wrong, page.wrong


def an_endless_loop_is_stopped_and_the_page_lives(context, site):
    page = opened(context, f"{site}/01-counting.html")
    first, second = page.locator(".heapbook-cell").first, page.locator(".heapbook-cell").nth(1)
    first.get_by_role("button", name="Edit").click()
    first.get_by_role("textbox").fill("print('before')\nwhile True: pass\n")
    first.get_by_role("button", name="Run").click()
    expect(first.get_by_role("log")).to_contain_text("before", timeout=PATIENCE)
    first.get_by_role("button", name="Stop").click()
    expect(first.get_by_role("log")).to_contain_text("KeyboardInterrupt", timeout=PATIENCE)
    expect(status(first)).to_contain_text("what the page has in memory is kept")
    # A program that never comes by where it could be interrupted: the machine goes, the page does not.
    first.get_by_role("textbox").fill("print('before')\nsum(range(10 ** 12))\n")
    first.get_by_role("button", name="Run").click()
    expect(first.get_by_role("log")).to_contain_text("before", timeout=PATIENCE)
    first.get_by_role("button", name="Stop").click()
    expect(first.get_by_role("log")).to_contain_text("The program did not listen", timeout=PATIENCE)
    first.get_by_role("button", name="Reset").click()
    second.get_by_role("button", name="Run").click()
    expect(status(second)).to_have_text("same as the book", timeout=PATIENCE)
    assert not page.wrong, page.wrong


def a_stop_keeps_the_state(context, site):
    for address, told, kept in [(site, "KeyboardInterrupt", "kept True"), (book.as_uri(), "The machine was thrown away", "NameError")]:
        page = opened(context, f"{address}/01-counting.html")
        first, second = page.locator(".heapbook-cell").first, page.locator(".heapbook-cell").nth(1)
        first.get_by_role("button", name="Edit").click()
        first.get_by_role("textbox").fill("kept = 0\nprint('before')\nwhile True: kept += 1\n")
        second.get_by_role("button", name="Edit").click()
        second.get_by_role("textbox").fill("print('kept', kept > 0)\n")
        first.get_by_role("button", name="Run").click()
        expect(first.get_by_role("log")).to_contain_text("before", timeout=PATIENCE)
        first.get_by_role("button", name="Stop").click()
        expect(first.get_by_role("log")).to_contain_text(told, timeout=PATIENCE)
        if address != site:
            # What is run again to come back would not end either.
            first.get_by_role("button", name="Reset").click()
        second.get_by_role("button", name="Run").click()
        expect(second.get_by_role("log")).to_contain_text(kept, timeout=PATIENCE)
        assert not page.wrong, page.wrong
        page.close()


def little_is_loaded_before_the_first_output(context, site):
    """Scripts are counted as they lie on a disk; a host that compresses sends less."""
    page = opened(context, f"{site}/01-counting.html")
    loaded = []
    page.on("response", lambda response: loaded.append((response.url.rsplit("/", 1)[-1], len(response.body()))))
    page.locator(".heapbook-cell").first.get_by_role("button", name="Run").click()
    expect(status(page.locator(".heapbook-cell").first)).to_have_text("same as the book", timeout=PATIENCE)
    total = sum(size for _, size in loaded)
    assert 0 < total < 1_600_000, loaded
    return loaded


def packs_come_when_they_are_imported(context, site):
    for address in [site, book.as_uri()]:
        page = opened(context, f"{address}/01-counting.html")
        first = page.locator(".heapbook-cell").first
        first.get_by_role("button", name="Edit").click()
        for source, told in [
            ("import json, dataclasses\nprint(json.dumps([1]))\n", "[1]"),
            ("print(__import__('html').escape('<'))\n", "&lt;"),
            ("print('\\N{SNOWMAN}')\n", "\u2603"),
            ("import unicodedata\nprint(unicodedata.name('a'), unicodedata.lookup('BULLET'), '\\N{LF}' == chr(10))\n", "LATIN SMALL LETTER A \u2022 True"),
            ("exec(chr(0xfb01) + 'sh = 1')\nprint(fish)\n", "1"),
            ("\ufb02y = 2\nprint('fly' in globals())\n", "True"),
            ("name = 'asyncio'\nprint(hasattr(__import__(name), 'run'))\n", "True"),
        ]:
            first.get_by_role("textbox").fill(source)
            page.keyboard.press("Control+Enter")
            expect(first.get_by_role("log"), source).to_contain_text(told, timeout=PATIENCE)
        assert not page.wrong, page.wrong
        page.close()


def the_heap_is_shown_beside_the_code(context, site):
    wide = context.browser.new_context(viewport={"width": 1500, "height": 900})
    page = opened(wide, f"{site}/05-cycles.html")
    panel = page.get_by_role("region", name="The heap")
    cells = page.locator(".heapbook-cell")
    first = cells.first
    first.get_by_role("button", name="Edit").click()
    first.get_by_role("textbox").fill("class Node: pass\na = Node()\na.own = a\n")
    page.keyboard.press("Control+Enter")
    expect(panel).to_contain_text("Node", timeout=PATIENCE)
    first.get_by_role("textbox").fill("class Node: pass\na = Node()\na.own = a\ndel a\n")
    page.keyboard.press("Control+Enter")
    expect(panel).to_contain_text("unreachable", timeout=PATIENCE)
    # A collection, step by step, and the way back.
    panel.get_by_role("button", name="A collection, step by step").click()
    panel.locator(".hp-steps label").nth(2).click()
    expect(panel.locator(".hp-frame").nth(2)).to_be_visible()
    page.screenshot(path=shots / "panel.png")
    panel.get_by_role("button", name="The run before").click()
    expect(panel.get_by_role("status")).to_contain_text("After run 1 of 2")
    panel.get_by_role("button", name="Now").click()
    panel.get_by_text("who holds what").click()
    panel.get_by_role("link", name="Node").first.focus()
    page.screenshot(path=shots / "panel-holders.png")
    # Of very many objects nothing is drawn, and nobody waits for it.
    panel.get_by_role("button", name="The next run").click()
    first.get_by_role("textbox").fill("many = [[i] for i in range(1_000_000)]\n")
    page.keyboard.press("Control+Enter")
    expect(panel).to_contain_text("too much to be drawn", timeout=PATIENCE)
    panel.get_by_role("button", name="Close the heap").click()
    expect(panel).to_be_hidden()
    assert not page.wrong, page.wrong
    wide.close()


def an_exercise_checks_the_answer(context, site):
    page = opened(context, f"{site}/05-cycles.html")
    answer = page.locator(".heapbook-answer").first
    solution = page.locator("main details:has(.heapbook-cell) pre code").first.text_content()
    answer.get_by_role("textbox").fill("print('collected: 1')\n")
    answer.get_by_role("button", name="Check").click()
    expect(status(answer)).to_contain_text("not yet", timeout=PATIENCE)
    answer.get_by_role("textbox").fill(solution)
    page.keyboard.press("Control+Enter")
    expect(status(answer)).to_contain_text("right", timeout=PATIENCE)
    page.screenshot(path=shots / "answer.png")
    assert not page.wrong, page.wrong


def the_playground_is_shared_by_a_link(context, site):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(context, f"{site}/playground.html")
    editor = page.get_by_role("textbox", name="Code")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("is still there", timeout=PATIENCE)
    expect(page.get_by_role("region", name="The heap")).to_contain_text("Node")
    page.get_by_role("button", name="Collect", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("0", timeout=PATIENCE)
    program = "import sys\nprint('\u00fcber', sys.version_info[:2])\n"
    editor.fill(program)
    page.get_by_role("combobox", name="Version of Python").select_option("3.12")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".heapbook-playground .heapbook-status")).to_contain_text("link")
    link = page.url
    other = opened(context, link)
    expect(other.get_by_role("textbox", name="Code")).to_have_value(program)
    other.get_by_role("button", name="Run", exact=True).click()
    expect(other.get_by_role("log")).to_contain_text("\u00fcber (3, 12)", timeout=PATIENCE)
    with other.expect_download() as downloading:
        other.get_by_role("button", name="Download .ipynb").click()
    notebook = json.loads(pathlib.Path(downloading.value.path()).read_text())
    assert "".join(notebook["cells"][0]["source"]) == program
    with other.expect_download() as downloading:
        other.get_by_role("button", name="Download .py").click()
    assert pathlib.Path(downloading.value.path()).read_text() == program
    assert not page.wrong and not other.wrong, (page.wrong, other.wrong)
    broken = opened(context, f"{site}/playground.html#python=3.14&program=%25%25")
    expect(broken.locator(".heapbook-playground .heapbook-status")).to_contain_text("not whole")
    for name, theme, width in [("playground", "light", 1500), ("playground-dark", "coal", 1500), ("playground-phone", "rust", 390)]:
        one = context.browser.new_context(viewport={"width": width, "height": 900})
        one.add_init_script(f"localStorage.setItem('mdbook-theme', '{theme}')")
        page = opened(one, f"{site}/playground.html")
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page.get_by_role("region", name="The heap")).to_contain_text("Node", timeout=PATIENCE)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        page.screenshot(path=shots / f"{name}.png", full_page=width < 1000)
        one.close()


def what_is_too_deep_or_too_large_breaks_nothing(context, site):
    page = opened(context, f"{site}/01-counting.html")
    first = page.locator(".heapbook-cell").first
    first.get_by_role("button", name="Edit").click()
    for source, told in [
        ("def f(): f()\nf()\n", "RecursionError"),
        ("a = []\nfor i in range(100000): a = [a]\nrepr(a)\n", "RecursionError"),
        ("eval('-' * 5000 + '1')\n", "RecursionError"),
        ("eval('(' * 5000 + ')' * 5000)\n", "too many nested parentheses"),
        ("eval('not ' * 5000 + '1')\n", "RecursionError"),
        ("eval('2 ** ' * 5000 + '1')\n", "RecursionError"),
        ("eval('lambda: ' * 5000 + '1')\n", "RecursionError"),
        ("eval('1 if 1 else ' * 5000 + '1')\n", "RecursionError"),
        ("eval('1' + ' + 1' * 50000)\n", "RecursionError"),
        ("try:\n    eval('-' * 5000 + '1')\nexcept RecursionError:\n    print('caught')\n", "caught"),
        ("b'x' * (1 << 30)\n", "MemoryError"),
        ("print('goes on')\n", "goes on"),
    ]:
        first.get_by_role("textbox").fill(source)
        page.keyboard.press("Control+Enter")
        expect(first.get_by_role("log"), source).to_contain_text(told, timeout=PATIENCE)
        told = first.get_by_role("log").inner_text()
        assert "bug of heapbook" not in told and ("MemoryError" in told or "thrown away" not in told), source
    assert not page.wrong, page.wrong


def a_version_is_chosen(context, site):
    page = opened(context, f"{site}/18-versions.html")
    choice = page.get_by_role("combobox", name="Version of Python").first
    one = page.locator(".heapbook-cell", has=choice).first
    for i in range(choice.locator("option").count()):
        choice.select_option(str(i))
        one.get_by_role("button", name="Run").click()
        expect(status(one)).to_have_text("same as the book", timeout=PATIENCE)
    assert not page.wrong, page.wrong


def pages_look_well(context, site):
    for name, theme, width in [("light", "light", 1100), ("dark", "navy", 1100), ("phone", "light", 390)]:
        one = context.browser.new_context(viewport={"width": width, "height": 900})
        one.add_init_script(f"localStorage.setItem('mdbook-theme', '{theme}')")
        page = opened(one, f"{site}/01-counting.html")
        page.locator(".heapbook-cell").nth(1).get_by_role("button", name="Run").click()
        expect(status(page.locator(".heapbook-cell").nth(1))).to_have_text("same as the book", timeout=PATIENCE)
        page.locator(".heapbook-cell").nth(1).get_by_role("button", name="Edit").click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        page.screenshot(path=shots / f"{name}.png")
        one.close()


def without_javascript_outputs_are_there(context, site):
    page = context.browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/01-counting.html")
    assert page.locator(".heapbook-output").first.is_visible() and page.locator(".heapbook-bar").count() == 0
    page.goto(f"{site}/print.html")


def nothing_runs_on_paper(context, site):
    page = opened(context, f"{site}/print.html")
    assert page.locator(".heapbook-bar").count() == 0


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    site = served()
    for check in [every_page_runs, a_snippet_is_run_by_way_of_those_before_it, code_is_edited_compared_and_reset,
                  an_endless_loop_is_stopped_and_the_page_lives, a_stop_keeps_the_state,
                  little_is_loaded_before_the_first_output, packs_come_when_they_are_imported, the_heap_is_shown_beside_the_code,
                  an_exercise_checks_the_answer, the_playground_is_shared_by_a_link, what_is_too_deep_or_too_large_breaks_nothing, a_version_is_chosen,
                  pages_look_well, without_javascript_outputs_are_there, nothing_runs_on_paper]:
        if len(sys.argv) > 4 and check.__name__ not in sys.argv[4:]:
            continue
        context = browser.new_context(viewport={"width": 1100, "height": 900})
        print(check.__name__, check(context, site) or "", flush=True)
        context.close()
    browser.close()
