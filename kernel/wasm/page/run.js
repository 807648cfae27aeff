// Lets the reader run, edit and stop the snippets of a page. The machine runs in a Worker and is loaded at the first use; nothing is asked
// of any server, so a page that is opened as a file does the same.
"use strict";

(() => {
  const pages = document.querySelectorAll("script.heapbook-page");
  // All pages are one when they are printed: there nothing runs.
  if (pages.length !== 1) return;
  const page = JSON.parse(pages[0].textContent);
  // The page's script is read once; this constant of mdBook's leads from a page in a folder to the book's root.
  const root = typeof path_to_root === "string" ? path_to_root : "";

  /** An element with its properties and what is in it. */
  function make(tag, properties = {}, ...inside) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  }

  // ── The machine ─────────────────────────────────────────────────────────────────────────────────────────────────────

  let loading = null;

  /** The packed machine and the Worker's script: a script tag loads them, which works from a file too. */
  function load() {
    loading ??= new Promise((resolve, reject) => {
      window.heapbookMachine = (loaded) => resolve({ ...loaded, module: null });
      const script = make("script", { src: `${root}heapbook-machine.js` });
      script.onerror = () => {
        loading = null;
        script.remove();
        reject(new Error("The machine is not in this book yet. `heapbook serve` builds it in the background, `heapbook build` says what it lacks. Then press Run again."));
      };
      document.head.append(script);
    });
    return loading;
  }

  /** A Worker with the machine in it, and what is to be done with what it tells. */
  class Machine {
    constructor(loaded) {
      const url = URL.createObjectURL(new Blob([loaded.worker], { type: "text/javascript" }));
      this.worker = new Worker(url);
      URL.revokeObjectURL(url);
      this.waiting = null;
      this.onPrinted = () => {};
      /** What each session has run, snippet by snippet. */
      this.ran = new Map();
      this.worker.onmessage = ({ data }) => {
        if (data.printed) return this.onPrinted(data.printed);
        const { resolve, reject } = this.waiting;
        this.waiting = null;
        if (data.ready) resolve((loaded.module = data.ready));
        else if (data.answer?.error) reject(new Error(data.answer.error));
        else if (data.answer) resolve(data.answer);
        else reject(new Broken(data));
      };
      this.worker.onerror = (event) => this.waiting?.reject(new Error(event.message || "the Worker cannot be started"));
      this.ready = this.ask({ start: loaded.module ? { module: loaded.module } : { packed: loaded.machine } });
    }

    ask(message) {
      return new Promise((resolve, reject) => {
        this.waiting = { resolve, reject };
        this.worker.postMessage(message);
      });
    }

    /** Ends it, whatever it does. */
    end(reason) {
      this.worker.terminate();
      this.waiting?.reject(reason);
    }
  }

  /** The machine cannot go on. */
  class Broken extends Error {
    constructor({ broke, why }) {
      const told = {
        memory: "MemoryError: the program wants more than the 1 GB that this page gives it.",
        depth: "RecursionError: the program nests deeper than the browser's own stack.",
      }[why];
      super(`${told ?? `The machine broke, which is a bug of heapbook: ${broke}.`} The machine was thrown away; the next Run starts a new one.`);
    }
  }

  class Stopped extends Error {}

  let machine = null;

  async function started() {
    if (!machine) {
      machine = new Machine(await load());
      await machine.ready;
    }
    return machine;
  }

  /** Throws the machine away; the next run starts a new one and runs again what stood before. */
  function drop(reason) {
    machine?.end(reason);
    machine = null;
    cells.forEach((cell) => cell.forget());
  }

  // ── One run after the other ─────────────────────────────────────────────────────────────────────────────────────────

  let queue = Promise.resolve();
  /** The cell that is run, and what is asked for but waits. */
  let running = null;
  const waiting = new Set();

  /** Runs a cell when those before it have ended. */
  function enqueue(cell) {
    if (cell === running || waiting.has(cell)) return queue;
    waiting.add(cell);
    cell.say("waiting …");
    queue = queue.then(async () => {
      if (!waiting.delete(cell)) return;
      running = cell;
      chapter.update();
      cell.begin();
      try {
        await cell.run();
      } catch (error) {
        if (!(error instanceof Stopped)) drop(error);
        cell.fail(error);
      }
      running = null;
      chapter.update();
    });
    return queue;
  }

  function stop() {
    for (const cell of waiting) cell.say("");
    waiting.clear();
    drop(new Stopped("Stopped. The machine was thrown away; the next Run starts a new one and runs again what stands before it."));
  }

  // ── A snippet ───────────────────────────────────────────────────────────────────────────────────────────────────────

  class Snippet {
    constructor(given, index) {
      Object.assign(this, given);
      this.index = index;
      /** The reader's own text. */
      this.text = given.source;
    }
  }

  const snippets = page.snippets.map((given, index) => new Snippet(given, index));

  /** Brings a session to where a step of it is due, by way of all steps before, and runs that. */
  async function runStep(session, at, onPrinted) {
    const { version, steps } = page.sessions[session];
    const machine = await started();
    let ran = machine.ran.get(session) ?? [];
    // What has run already is kept if it is what stands there now.
    const kept = ran.length <= at && ran.every((text, step) => text === snippets[steps[step].snippet].text);
    if (!kept || !ran.length) {
      machine.ran.delete(session);
      machine.onPrinted = () => {};
      await machine.ask({ do: "open", session, version });
      ran = [];
      machine.ran.set(session, ran);
      steps.forEach((step) => cellOf.get(step.snippet)?.forget(session));
    }
    for (let step = ran.length; ; step += 1) {
      const snippet = snippets[steps[step].snippet];
      const isLast = step === at;
      machine.onPrinted = isLast ? onPrinted : () => {};
      const text = snippet.text;
      const answer = await machine.ask(message(session, steps[step], snippet));
      ran.push(text);
      const cell = cellOf.get(snippet.index);
      if (isLast) return answer;
      if (steps[step].held && cell?.session === session) cell.end(answer);
    }
  }

  /** What the machine is told of a snippet. */
  function message(session, step, snippet) {
    const output = snippet.outputs.find((output) => output.as === (step.as ?? null));
    const expected = snippet.kind === "pycon" ? { text: snippet.source } : { text: output?.text ?? "", ellipsis: output?.ellipsis };
    return {
      do: "run", session, kind: snippet.kind, source: snippet.text, expected: step.held ? expected : undefined,
      heap: snippet.heap ?? undefined, prefix: `hp-live-${snippet.index}`,
    };
  }

  // ── What stands on the page ─────────────────────────────────────────────────────────────────────────────────────────

  /** The text with the colors that mdBook gives it. */
  function colored(text) {
    try {
      return hljs.highlight("python", text, true).value;
    } catch {
      return make("span", { textContent: text }).innerHTML;
    }
  }

  const cellOf = new Map();

  /** A snippet's frame: the code, the bar below it, the outputs of the book and those of the reader. */
  class Cell {
    constructor(frame, snippet) {
      this.frame = frame;
      this.snippet = snippet;
      this.pre = frame.querySelector("pre");
      this.code = this.pre.querySelector("code");
      this.places = page.sessions.flatMap(({ version, steps }, session) => {
        const at = steps.findIndex((step) => step.snippet === snippet.index);
        return at >= 0 && steps[at].held ? [{ session, version, at, step: steps[at] }] : [];
      });
      this.place = this.places[0];
      this.build();
    }

    get session() {
      return this.place.session;
    }

    build() {
      const button = (label, title, onclick) => make("button", { type: "button", className: "heapbook-button", textContent: label, title, onclick });
      this.runButton = button("Run", "Run this snippet, after all that stands before it (Ctrl-Enter in the editor)", () => enqueue(this));
      this.runButton.classList.add("heapbook-run");
      this.stopButton = button("Stop", "End the program", stop);
      this.editButton = button("Edit", "Change the code", () => this.edit());
      this.resetButton = button("Reset", "Back to the book's code", () => this.reset());
      this.status = make("span", { className: "heapbook-status" });
      this.status.setAttribute("role", "status");
      this.bar = make("div", { className: "heapbook-bar" }, this.runButton, this.stopButton, this.editButton, this.resetButton);
      if (this.places.length > 1) {
        const choice = make("select", { className: "heapbook-button", title: "The version of Python" });
        choice.setAttribute("aria-label", "Version of Python");
        this.places.forEach(({ version }, i) => choice.append(make("option", { value: i, textContent: `Python ${version}` })));
        choice.onchange = () => {
          this.place = this.places[choice.value];
          this.clear();
        };
        this.bar.append(choice);
      }
      this.bar.append(this.status);
      (this.pre.closest(".code-wrapper") ?? this.pre).after(this.bar);
      this.live = make("div", { className: "heapbook-output heapbook-live", hidden: true });
      this.text = make("pre");
      this.live.setAttribute("role", "log");
      this.live.setAttribute("aria-label", "What it prints");
      this.live.append(this.text);
      this.bar.after(this.live);
      this.drawn = make("div", { className: "heapbook-heap", hidden: true });
      this.live.after(this.drawn);
      this.update();
    }

    /** The book's outputs that stand for the version chosen. */
    get printed() {
      const outputs = [...this.frame.querySelectorAll(":scope > .heapbook-output:not(.heapbook-live)")];
      const at = this.snippet.outputs.findIndex((output) => output.as === (this.place.step.as ?? null));
      return outputs.slice(at, at + 1);
    }

    update() {
      const isRunning = running === this;
      this.runButton.hidden = isRunning;
      this.stopButton.hidden = !isRunning;
      this.resetButton.hidden = this.snippet.text === this.snippet.source && !this.editor;
      this.editButton.hidden = Boolean(this.editor);
      this.frame.classList.toggle("heapbook-edited", this.snippet.text !== this.snippet.source);
    }

    say(text, mark = "") {
      this.status.textContent = text;
      this.status.dataset.mark = mark;
    }

    /** Shows what the book shows. */
    clear() {
      this.live.hidden = true;
      this.drawn.hidden = true;
      this.frame.querySelectorAll(":scope > .heapbook-hidden").forEach((part) => part.classList.remove("heapbook-hidden"));
      this.say("");
    }

    begin() {
      this.clear();
      this.say("running …");
      this.text.replaceChildren();
      this.update();
    }

    async run() {
      const place = this.place;
      const answer = await runStep(place.session, place.at, (pieces) => this.print(pieces));
      this.end(answer);
    }

    /** Shows what is printed while it is printed. */
    print(pieces) {
      this.reveal();
      for (const { stream, text } of pieces) {
        const last = this.text.lastChild;
        if (last?.dataset?.stream === String(stream)) last.append(text);
        else {
          const part = make("span", { textContent: text, className: stream ? "heapbook-stderr" : "" });
          part.dataset.stream = stream;
          this.text.append(part);
        }
      }
    }

    /** Puts what the reader's run prints in the place of what the book prints. */
    reveal() {
      this.live.hidden = false;
      this.printed.forEach((part) => part.classList.add("heapbook-hidden"));
    }

    /** The run ended: its outputs as they are, and how they go with the book's. */
    end(answer) {
      this.live.classList.toggle("heapbook-raised", Boolean(answer.raised));
      this.text.replaceChildren();
      for (const { kind, text } of answer.pieces) {
        const before = this.text.textContent;
        if (before && !before.endsWith("\n") && kind !== "stdout" && kind !== "stderr") this.text.append("\n");
        this.text.append(make("span", { textContent: text, className: `heapbook-${kind}` }));
      }
      if (answer.pieces.length) this.reveal();
      else this.live.hidden = true;
      if (!answer.pieces.length) this.printed.forEach((part) => part.classList.add("heapbook-hidden"));
      if (answer.heap) {
        this.drawn.innerHTML = answer.heap;
        this.drawn.hidden = false;
        this.frame.querySelectorAll(":scope > .heapbook-heap:not([hidden])").forEach((part) => part !== this.drawn && part.classList.add("heapbook-hidden"));
      }
      if (answer.same) this.say("same as the book", "same");
      else if (answer.same === false) {
        this.say("differs from the book", "differs");
        this.live.hidden = false;
        this.text.append(difference(answer.lines));
      } else this.say("ran", "same");
    }

    fail(error) {
      this.reveal();
      this.text.append(make("span", { className: "heapbook-error", textContent: `${this.text.textContent && !this.text.textContent.endsWith("\n") ? "\n" : ""}${error.message}\n` }));
      this.live.classList.add("heapbook-raised");
      this.say(error instanceof Stopped ? "stopped" : "broke", "differs");
    }

    /** The state that it left is no more. */
    forget(session = this.session) {
      if (session === this.session && this.status.dataset.mark && running !== this) this.say("not in the machine's memory", "");
    }

    // The editor: a text area right over the colored code, so that each key does what it does in any text field.

    edit() {
      if (this.editor) return this.editor.focus();
      this.pre.classList.add("heapbook-editing");
      this.editor = make("textarea", { className: "heapbook-editor", value: this.snippet.text, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
      this.editor.setAttribute("aria-label", "Code; Escape leaves, Ctrl-Enter runs");
      this.editor.oninput = () => this.typed();
      this.editor.onkeydown = (event) => this.key(event);
      this.editor.onscroll = () => (this.code.scrollLeft = this.editor.scrollLeft);
      this.pre.append(this.editor);
      this.typed();
      this.editor.focus();
      this.editor.setSelectionRange(0, 0);
    }

    typed() {
      this.snippet.text = this.editor ? this.editor.value : this.snippet.text;
      // A last line that is empty has its height too.
      this.code.innerHTML = colored(this.snippet.text.endsWith("\n") && this.editor ? `${this.snippet.text} ` : this.snippet.text);
      this.update();
    }

    key(event) {
      // mdBook has keys of its own for the whole page.
      event.stopPropagation();
      const { value, selectionStart: from, selectionEnd: to } = this.editor;
      const begin = value.lastIndexOf("\n", from - 1) + 1;
      if (event.key === "Escape") {
        this.leave();
        this.editButton.focus();
      } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
        enqueue(this);
      } else if (event.key === "Enter") {
        const line = value.slice(begin, from);
        const indent = line.match(/^((>>>|\.\.\.) ?)?\s*/)[0].replace(">>>", "...");
        this.insert(`\n${indent}${line.trimEnd().endsWith(":") ? "    " : ""}`);
      } else if (event.key === "Tab" && (from !== to || event.shiftKey)) {
        this.shift(begin, to, event.shiftKey);
      } else if (event.key === "Tab") {
        this.insert(" ".repeat(4 - ((from - begin) % 4)));
      } else if (event.key === "Backspace" && from === to && /^( {4})+$/.test(value.slice(begin, from))) {
        this.editor.setSelectionRange(from - 4, from);
        this.insert("");
      } else return;
      event.preventDefault();
    }

    /** Types a text as the reader would, so that it can be undone. */
    insert(text) {
      const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
      if (!done) this.editor.setRangeText(text, this.editor.selectionStart, this.editor.selectionEnd, "end");
      this.typed();
    }

    /** Moves the lines of the selection to the right or the left. */
    shift(begin, to, left) {
      const end = to + (this.editor.value.slice(to).indexOf("\n") + 1 || Infinity) - 1;
      const lines = this.editor.value.slice(begin, end);
      const moved = left ? lines.replace(/^ {1,4}/gm, "") : lines.replace(/^(?=.)/gm, "    ");
      this.editor.setSelectionRange(begin, Math.min(end, this.editor.value.length));
      this.insert(moved);
      this.editor.setSelectionRange(begin, begin + moved.length);
    }

    leave() {
      this.editor?.remove();
      this.editor = null;
      this.pre.classList.remove("heapbook-editing");
      this.typed();
    }

    reset() {
      this.leave();
      this.snippet.text = this.snippet.source;
      this.typed();
      this.clear();
      this.runButton.focus();
    }
  }

  /** The lines of both sides, for those who want to see them. */
  function difference(lines) {
    const rows = lines.map(({ side, text }) => {
      const [mark, said] = { both: [" ", ""], book: ["−", "only in the book: "], here: ["+", "only here: "] }[side];
      const row = make("span", { className: `heapbook-side-${side}` });
      if (said) row.append(make("span", { className: "heapbook-unseen", textContent: said }));
      row.append(`${mark} ${text}\n`);
      return row;
    });
    return make("details", { className: "heapbook-difference" }, make("summary", { textContent: "compared with the book" }), ...rows);
  }

  // ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────

  const frames = document.querySelectorAll(".heapbook-cell");
  const framed = snippets.filter((snippet) => snippet.framed);
  const cells = [];
  framed.forEach((snippet, i) => {
    if (!snippet.run || snippet.kind === "rust" || !frames[i]) return;
    const cell = new Cell(frames[i], snippet);
    cellOf.set(snippet.index, cell);
    cells.push(cell);
  });

  const chapter = {
    bar: make("div", { className: "heapbook-bar heapbook-chapter" }),
    update() {
      cells.forEach((cell) => cell.update());
      this.stopButton.hidden = !running && !waiting.size;
      this.runButton.hidden = !this.stopButton.hidden;
    },
    build() {
      const button = (label, onclick) => make("button", { type: "button", className: "heapbook-button heapbook-run", textContent: label, onclick });
      this.runButton = button("Run all", () => {
        cells.forEach(enqueue);
        this.update();
      });
      this.stopButton = button("Stop", stop);
      this.bar.append(this.runButton, this.stopButton, make("span", { className: "heapbook-status", textContent: "The snippets of this page run in your browser." }));
      const heading = document.querySelector("main h1");
      if (heading) heading.after(this.bar);
      this.update();
    },
  };
  if (cells.length) chapter.build();
})();
