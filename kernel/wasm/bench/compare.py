"""Programs in one browser, on Heapbook's machine and on Pyodide: `compare.py BOOK CHROMIUM PROGRAM.py… [--rounds N]`.

Needs `npm ci` in this folder, and Python's `playwright`. Each program is run in a machine of its own, in turns; told are the first round and the
fastest, in milliseconds from the message to the answer, and how long a machine takes from nothing to its first output. Not a part of CI.
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
    kinds = ["Ours", "Theirs"]
    ratios, cold_ratios = [], []
    starts = {kind: ([], []) for kind in kinds}
    print(f"{'program':24} {'heapbook':>18} {'pyodide':>18}  times faster   (the first run / the fastest)")
    with sync_playwright() as playwright:
        for program in given.programs:
            # A browser that has seen neither machine, so that the first round is a reader's first.
            browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/compare.html")
            taken, wrong, sums = {kind: [] for kind in kinds}, {}, {}
            for turn in range(given.rounds):
                for kind in kinds:
                    if kind in wrong:
                        continue
                    told = page.evaluate("([kind, source, patience]) => measure(kind, source, patience)",
                                         [kind, program.read_text(), given.patience * 1000])
                    starts[kind][min(turn, 1)].append(told["start"])
                    if "error" in told:
                        wrong[kind] = told["error"][:60]
                    else:
                        taken[kind].append(told["ms"])
                        sums[kind] = told["sum"]
            browser.close()
            shown = [wrong.get(kind) or f"{taken[kind][0]:.0f} / {min(taken[kind]):.0f}" for kind in kinds]
            note = "" if wrong or sums["Ours"] == sums["Theirs"] else "  (other results)"
            ratio = "-"
            if not wrong:
                cold_ratios.append(taken["Theirs"][0] / taken["Ours"][0])
                ratios.append(min(taken["Theirs"]) / min(taken["Ours"]))
                ratio = f"{cold_ratios[-1]:.1f} / {ratios[-1]:.1f}"
            print(f"{program.stem:24} {shown[0]:>18} {shown[1]:>18}  {ratio}{note}", flush=True)
    for kind, (cold, warm) in starts.items():
        again = f", {min(warm):.0f} ms where it was started before" if warm else ""
        print(f"first output of {kind}: {sorted(cold)[len(cold) // 2]:.0f} ms{again}")
    if ratios:
        mean = lambda them: math.exp(sum(map(math.log, them)) / len(them))
        print(f"on average {mean(cold_ratios):.1f} times faster at first, {mean(ratios):.1f} at the fastest")


main()
