"""Drives the pages of a drawn book in a Chromium: `pages.py BOOK CHROMIUM SCREENSHOTS`."""

import functools
import http.server
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
        bars = page.locator(".heapbook-cell .heapbook-bar")
        for i in range(bars.count()):
            expect(bars.nth(i).locator(".heapbook-status"), f"{file.name}, snippet {i}").to_have_text("same as the book", timeout=PATIENCE)
            ran += 1
        assert not page.wrong, (file.name, page.wrong)
        page.close()
    assert ran > 100, ran
    return f"{ran} snippets"


def a_snippet_is_run_by_way_of_those_before_it(context, site):
    page = opened(context, f"{site}/01-counting.html")
    bars = page.locator(".heapbook-cell .heapbook-bar")
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
    expect(first.get_by_role("log")).to_contain_text("Stopped.")
    first.get_by_role("button", name="Reset").click()
    second.get_by_role("button", name="Run").click()
    expect(status(second)).to_have_text("same as the book", timeout=PATIENCE)
    assert not page.wrong, page.wrong


def what_is_too_deep_or_too_large_breaks_nothing(context, site):
    page = opened(context, f"{site}/01-counting.html")
    first = page.locator(".heapbook-cell").first
    first.get_by_role("button", name="Edit").click()
    for source, told in [
        ("def f(): f()\nf()\n", "RecursionError"),
        ("a = []\nfor i in range(100000): a = [a]\nrepr(a)\n", "RecursionError"),
        ("eval('-' * 5000 + '1')\n", "RecursionError"),
        ("eval('(' * 5000 + ')' * 5000)\n", "too many nested parentheses"),
        ("b'x' * (1 << 30)\n", "MemoryError"),
        ("print('goes on')\n", "goes on"),
    ]:
        first.get_by_role("textbox").fill(source)
        page.keyboard.press("Control+Enter")
        expect(first.get_by_role("log"), source).to_contain_text(told, timeout=PATIENCE)
        assert "bug of heapbook" not in first.get_by_role("log").inner_text(), source
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
                  an_endless_loop_is_stopped_and_the_page_lives, what_is_too_deep_or_too_large_breaks_nothing, a_version_is_chosen,
                  pages_look_well, without_javascript_outputs_are_there, nothing_runs_on_paper]:
        if len(sys.argv) > 4 and check.__name__ not in sys.argv[4:]:
            continue
        context = browser.new_context(viewport={"width": 1100, "height": 900})
        print(check.__name__, check(context, site) or "", flush=True)
        context.close()
    browser.close()
