// The playground: a program of the reader's own, its heap, and a link that has the program in it.
"use strict";

(() => {
  const place = document.querySelector("#heapbook-playground");
  // All pages are one when they are printed: there nothing runs.
  if (!place || document.querySelector("script.heapbook-page")) return;
  const { make, button, Stopped } = heapbook;
  const SESSION = 0;
  const FIRST = place.querySelector("code")?.textContent ?? "";
  const versions = place.dataset.versions.split(" ");

  // ── A program in a link ─────────────────────────────────────────────────────────────────────────────────────────────

  async function through(bytes, stream) {
    return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
  }

  /** The part of an address behind `#`: no server ever sees it. */
  async function fragment(version, program) {
    const bytes = await through(new TextEncoder().encode(program), new CompressionStream("deflate-raw"));
    const letters = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return `#python=${version}&program=${letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  }

  /** What an address says, if it says a program. */
  async function shared() {
    const said = new URLSearchParams(location.hash.slice(1));
    if (!said.get("program")) return null;
    try {
      const letters = atob(said.get("program").replaceAll("-", "+").replaceAll("_", "/"));
      const bytes = await through(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)), new DecompressionStream("deflate-raw"));
      const version = versions.includes(said.get("python")) ? said.get("python") : versions[0];
      return { version, program: new TextDecoder().decode(bytes) };
    } catch {
      return { version: versions[0], program: null };
    }
  }

  function download(name, type, text) {
    const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /** The program as a notebook of one cell. */
  function notebook(program) {
    const source = program.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const cell = { cell_type: "code", execution_count: null, id: "program", metadata: {}, outputs: [], source };
    const metadata = { kernelspec: { display_name: "Heapbook", language: "python", name: "heapbook" }, language_info: { name: "python" } };
    return `${JSON.stringify({ cells: [cell], metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
  }

  // ── What stands on the page ─────────────────────────────────────────────────────────────────────────────────────────

  const code = make("code", { className: "language-python hljs" });
  const pre = make("pre", {}, code);
  const version = make("select", { className: "heapbook-button", title: "The version of Python" });
  version.setAttribute("aria-label", "Version of Python");
  version.append(...versions.map((name) => make("option", { value: name, textContent: `Python ${name}` })));
  const status = make("span", { className: "heapbook-status" });
  status.setAttribute("role", "status");
  const text = make("pre");
  const live = make("div", { className: "heapbook-output heapbook-live", hidden: true }, text);
  live.setAttribute("role", "log");
  live.setAttribute("aria-label", "What it prints");
  const holder = new heapbook.Holder(() => (isThere = false));
  const panel = new heapbook.Panel();
  let running = false;
  /** Whether the machine has what the last run left. */
  let isThere = false;

  const run = button("Run", "Run the program from its beginning (Ctrl-Enter in the editor)", () => go(true, editor.text));
  run.classList.add("heapbook-run");
  holder.expect(run);
  const stop = button("Stop", "End the program", () => {
    if (holder.stop(() => running)) status.textContent = "stopping …";
  });
  /** Buttons that do something to what the program has left: a statement each. */
  const controls = [
    ["Collect", "gc.collect()", "Run a full collection"],
    ["Collect the young", "gc.collect(0)", "Collect the youngest generation"],
    ["Disable", "gc.disable()", "No collection starts by itself any more"],
    ["Enable", "gc.enable()", "Collections start by themselves again"],
    ["Counts", "gc.get_count()", "How many objects wait in each generation"],
    ["Thresholds", "gc.get_threshold()", "When a collection starts by itself"],
  ].map(([label, statement, title]) => button(label, `${title}: ${statement}`, () => go(false, statement)));
  const share = button("Copy link", "A link that has the program in it", async () => {
    history.replaceState(null, "", await fragment(version.value, editor.text));
    try {
      await navigator.clipboard.writeText(location.href);
      status.textContent = "the link is copied";
    } catch {
      status.textContent = "the link is in the address bar";
    }
  });
  const asFile = button("Download .py", "The program as a file", () => download("playground.py", "text/x-python", editor.text));
  const asNotebook = button("Download .ipynb", "The program as a notebook", () => download("playground.ipynb", "application/x-ipynb+json", notebook(editor.text)));

  function update() {
    run.hidden = running;
    stop.hidden = !running;
    controls.forEach((control) => (control.disabled = running || !isThere));
  }

  /** Runs the program in a new session, or a statement in the one that is there. */
  async function go(isAnew, source) {
    if (running) return;
    running = true;
    update();
    status.textContent = "running …";
    try {
      await holder.run(async (machine) => {
        // A statement can run into a pack that is missing, too: then all is run again.
        if (isAnew || !isThere) {
          panel.forget();
          await once(machine, editor.text, true);
        }
        if (!isAnew) await once(machine, source, false);
      });
      status.textContent = "ran";
    } catch (error) {
      if (!(error instanceof Stopped)) holder.drop(error);
      live.hidden = false;
      heapbook.fail(text, error);
      status.textContent = error instanceof Stopped ? "stopped" : "broke";
    }
    running = false;
    update();
  }

  async function once(machine, program, isAnew) {
    machine.onPrinted = () => {};
    if (isAnew) {
      isThere = false;
      await machine.tell({ do: "open", session: SESSION, version: version.value });
    }
    text.replaceChildren();
    live.hidden = true;
    machine.onPrinted = (pieces) => {
      live.hidden = false;
      heapbook.print(text, pieces);
    };
    // What a control does is none of the program's names.
    const source = isAnew ? program : `__import__("gc").${program.slice("gc.".length)}`;
    const answer = await machine.tell({ do: "run", session: SESSION, kind: "python", source, heap: isAnew ? "timeline" : undefined, prefix: "hp-playground-time" });
    isThere = true;
    heapbook.show(text, answer.pieces);
    live.hidden = !answer.pieces.length;
    live.classList.toggle("heapbook-raised", Boolean(answer.raised));
    await panel.take(machine, SESSION, isAnew ? "the program" : program, frame, { timeline: answer.heap });
  }

  const tools = (...buttons) => make("div", { className: "heapbook-bar" }, ...buttons);
  const collector = tools(make("span", { className: "heapbook-bar-name", textContent: "Collector" }), ...controls);
  collector.setAttribute("role", "group");
  collector.setAttribute("aria-label", "Collector");
  const frame = make("div", { className: "heapbook-cell heapbook-playground" }, pre, tools(run, stop, version, panel.toggle, status), live, collector, tools(share, asFile, asNotebook));
  place.replaceChildren(frame);
  const editor = new heapbook.Editor(pre, FIRST, { type: () => {}, run: () => go(true, editor.text) });
  update();

  async function open() {
    const said = await shared();
    if (!said) return;
    if (said.program === null) return (status.textContent = "the link is not whole: it has no program that can be read");
    version.value = said.version;
    editor.text = said.program;
    status.textContent = "a program that somebody shared; it runs in your browser alone, when you press Run";
  }
  addEventListener("hashchange", open);
  open();
})();
