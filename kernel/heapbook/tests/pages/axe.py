"""Looks at pages as somebody would who cannot see them well: `axe.py CHROMIUM AXE PAGE...`.

Each page is held against all rules in the light theme on a desk, and its colors, its width and its letters once more on a phone, in one of
mdBook's other themes in turn.
"""

import concurrent.futures
import pathlib
import sys

from playwright.sync_api import sync_playwright

chromium, axe, pages = sys.argv[1], pathlib.Path(sys.argv[2]).read_text(), [pathlib.Path(page) for page in sys.argv[3:]]
DESK, PHONE = {"width": 1100, "height": 900}, {"width": 390, "height": 800}
# mdBook's own bar is no landmark, and its button for the contents is a label that says it is expanded.
MDBOOKS = [["#mdbook-menu-bar"]]
# What is closed is looked at too.
OPEN = "for (const one of document.querySelectorAll('main details')) one.open = true"
THEME = """(theme) => {
    document.documentElement.classList.remove("light", "rust", "coal", "navy", "ayu");
    document.documentElement.classList.add(theme);
    const dark = { ayu: "ayu-highlight", coal: "tomorrow-night", navy: "tomorrow-night" }[theme] ?? "highlight";
    for (const name of ["highlight", "tomorrow-night", "ayu-highlight"]) {
        document.getElementById(`mdbook-${name}-css`).disabled = name !== dark;
    }
}"""
RUN = """([exclude, rules]) => axe.run({ include: [["body"]], exclude }, {
    resultTypes: ["violations"], ...(rules && { runOnly: rules }),
}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id}: ${node.target.join(" ")}: ${node.html.slice(0, 120)}\\n    ${node.failureSummary.replaceAll("\\n", " ")}`)))"""
# Letters in pictures that are smaller than this many pixels are too small.
SMALL = 7.5
TINY = """(least) => [...document.querySelectorAll("svg.hp-svg")].filter((svg) => svg.getClientRects().length).flatMap((svg) => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return 10 * scale < least ? [`${svg.closest("figure")?.id}: letters of ${(10 * scale).toFixed(1)} pixels`] : [];
})"""

def look(page, file, theme, size, rules, exclude):
    page.set_viewport_size(size)
    page.evaluate(THEME, theme)
    # mdBook's column of contents slides away, and the page becomes wide while it does.
    page.wait_for_function("document.getAnimations().length === 0")
    found = page.evaluate(RUN, [exclude, rules])
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("the page is too wide")
    found += page.evaluate(TINY, SMALL)
    return [f"{file.name}, {theme}, {size['width']} pixels: {one}" for one in found]


def looks(some):
    """Half of the pages, in a browser of its own."""
    wrong = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport=DESK, reduced_motion="reduce")
        context.add_init_script("localStorage.setItem('mdbook-theme', 'light')")
        for file, other in some:
            page = context.new_page()
            page.goto(file.as_uri())
            page.evaluate(axe)
            page.evaluate(OPEN)
            wrong += look(page, file, "light", DESK, None, MDBOOKS)
            wrong += look(page, file, other, PHONE, ["color-contrast"], [])
            page.close()
        browser.close()
    return wrong


# The page for print is made of these pages, and the contents are mdBook's own.
pages = [page for page in pages if page.name not in ("print.html", "toc.html", "index.html")]
turns = [(page, ("navy", "coal", "ayu", "rust")[i % 4]) for i, page in enumerate(pages)]
with concurrent.futures.ThreadPoolExecutor() as pool:
    wrong = [one for half in pool.map(looks, (turns[0::2], turns[1::2])) for one in half]
print(*wrong, sep="\n")
print(len(pages), "pages,", len(wrong), "mistakes")
sys.exit(1 if wrong else 0)
