"""Programs in one browser, on Heapbook's machine and on Pyodide: `compare.py BOOK CHROMIUM PROGRAM.py… [--rounds N]`.

Needs `npm ci` in this folder, and Python's `playwright`. Each program is run in a machine of its own, in turns; told are the fastest rounds,
in milliseconds from the message to the answer, and how long a machine takes from nothing to its first output. Not a part of CI.
"""

import argparse
import functools
import http.server
import math
import pathlib
import threading

from playwright.sync_api import sync_playwright

HERE = pathlib.Path(__file__).parent


class Files(http.server.SimpleHTTPRequestHandler):
    """This folder's page, the book's scripts and Pyodide, under one origin."""

    def translate_path(self, path):
        path = path.split("?")[0].strip("/")
        first, _, rest = path.partition("/")
        if first == "book":
            script = HERE.parent / "page" / rest
            return str(script if script.is_file() else self.book / rest)
        return str(HERE / "node_modules" / path if first == "pyodide" else HERE / path)

    def log_message(self, *words):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("book", type=pathlib.Path)
    parser.add_argument("chromium")
    parser.add_argument("programs", nargs="+", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--patience", type=float, default=120, help="seconds for one run")
    given = parser.parse_args()
    Files.book = given.book
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/compare.html")
        ratios, starts = [], {"Ours": [], "Theirs": []}
        print(f"{'program':24} {'heapbook':>10} {'pyodide':>10}  times faster")
        for program in given.programs:
            best, wrong, sums = {}, {}, {}
            for _ in range(given.rounds):
                for kind in ["Ours", "Theirs"]:
                    if kind in wrong:
                        continue
                    told = page.evaluate("([kind, source, patience]) => measure(kind, source, patience)",
                                         [kind, program.read_text(), given.patience * 1000])
                    starts[kind].append(told["start"])
                    if "error" in told:
                        wrong[kind] = told["error"][:60]
                    else:
                        best[kind] = min(told["ms"], best.get(kind, math.inf))
                        sums[kind] = told["sum"]
            shown = [f"{best[kind]:.0f}" if kind not in wrong else wrong[kind] for kind in ["Ours", "Theirs"]]
            ratio = best["Theirs"] / best["Ours"] if not wrong else None
            if ratio:
                ratios.append(ratio)
            note = "" if wrong or sums["Ours"] == sums["Theirs"] else "  (other results)"
            print(f"{program.stem:24} {shown[0]:>10} {shown[1]:>10}  {f'{ratio:.1f}' if ratio else '-'}{note}", flush=True)
        for kind, times in starts.items():
            print(f"first output of {kind}: {min(times):.0f} ms")
        if ratios:
            print(f"on average {math.exp(sum(map(math.log, ratios)) / len(ratios)):.1f} times faster")
        browser.close()


main()
