// Lets the reader run, edit and stop the snippets of a page, on the machine of `machine.js`.
"use strict";

(() => {
  const pages = document.querySelectorAll("script.heapbook-page");
  // All pages are one when they are printed: there nothing runs.
  if (pages.length !== 1) return;
  const page = JSON.parse(pages[0].textContent);
  const { make, button, Stopped } = heapbook;

  const holder = new heapbook.Holder(() => cells.forEach((cell) => cell.forget()));
  const panel = new heapbook.Panel();

  // ── One run after the other ─────────────────────────────────────────────────────────────────────────────────────────

  let queue = Promise.resolve();
  /** The cell that is run, and what is asked for but waits. */
  let running = null;
  const waiting = new Set();

  /** Runs a cell when those before it have ended. */
  function enqueue(cell) {
    if (waiting.has(cell)) return queue;
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
        if (!(error instanceof Stopped)) holder.drop(error);
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
    const cell = running;
    if (cell && holder.stop(() => running === cell)) {
      cell.interrupted = true;
      cell.say("stopping …");
    }
    chapter.update();
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

  /**
   * Brings a session to where a step of it is due, by way of all steps before, and runs that. `as` is the number under which the machine keeps the session,
   * if it is not the page's own, and `text` what is run instead of the snippet's.
   */
  async function runStep(machine, session, at, onPrinted, { as = session, text = null } = {}) {
    const { version, steps } = page.sessions[session];
    let ran = machine.ran.get(as) ?? [];
    // What has run already is kept if it is what stands there now.
    const kept = ran.length <= at && ran.every((text, step) => text === snippets[steps[step].snippet].text);
    if (!kept || !ran.length) {
      machine.ran.delete(as);
      machine.onPrinted = () => {};
      await machine.tell({ do: "open", session: as, version });
      ran = [];
      machine.ran.set(as, ran);
      if (as === session) steps.forEach((step) => cellOf.get(step.snippet)?.forget(session));
    }
    for (let step = ran.length; ; step += 1) {
      const snippet = snippets[steps[step].snippet];
      const isLast = step === at;
      machine.onPrinted = isLast ? onPrinted : () => {};
      const source = isLast && text !== null ? text : snippet.text;
      const answer = await machine.tell({ ...message(as, steps[step], snippet), source });
      ran.push(source);
      if (isLast) return answer;
      // What was interrupted half-way is no state to go on from.
      if (machine.interruptible && !machine.flag) {
        const stopped = new Stopped("Stopped before this snippet was reached. The machine was thrown away; the next Run starts a new one and runs again what stands before it.");
        holder.drop(stopped);
        throw stopped;
      }
      const cell = cellOf.get(snippet.index);
      if (as === session && steps[step].held && cell?.session === session) cell.end(answer);
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
      this.runButton = button("Run", "Run this snippet, after all that stands before it (Ctrl-Enter in the editor)", () => enqueue(this));
      this.runButton.classList.add("heapbook-run");
      holder.expect(this.runButton);
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
      this.interrupted = false;
      this.say("running …");
      this.text.replaceChildren();
      this.update();
    }

    async run() {
      const place = this.place;
      await holder.run(async (machine) => {
        this.begin();
        const answer = await runStep(machine, place.session, place.at, (pieces) => this.print(pieces));
        this.end(answer);
        await panel.take(machine, place.session, this.snippet.text, this.frame);
      });
    }

    /** Shows what is printed while it is printed. */
    print(pieces) {
      this.reveal();
      heapbook.print(this.text, pieces);
    }

    /** Puts what the reader's run prints in the place of what the book prints. */
    reveal() {
      this.live.hidden = false;
      this.printed.forEach((part) => part.classList.add("heapbook-hidden"));
    }

    /** The run ended: its outputs as they are, and how they go with the book's. */
    end(answer) {
      this.live.classList.toggle("heapbook-raised", Boolean(answer.raised));
      heapbook.show(this.text, answer.pieces);
      if (answer.pieces.length) this.reveal();
      else this.live.hidden = true;
      if (!answer.pieces.length) this.printed.forEach((part) => part.classList.add("heapbook-hidden"));
      if (answer.heap) {
        this.drawn.innerHTML = answer.heap;
        this.drawn.hidden = false;
        this.frame.querySelectorAll(":scope > .heapbook-heap:not([hidden])").forEach((part) => part !== this.drawn && part.classList.add("heapbook-hidden"));
      }
      if (this.interrupted && answer.raised === "KeyboardInterrupt") this.say("stopped; what the page has in memory is kept");
      else if (answer.same) this.say("same as the book", "same");
      else if (answer.same === false) {
        this.say("differs from the book", "differs");
        this.live.hidden = false;
        this.text.append(difference(answer.lines));
      } else this.say("ran", "same");
    }

    fail(error) {
      this.reveal();
      heapbook.fail(this.text, error);
      this.live.classList.add("heapbook-raised");
      this.say(error instanceof Stopped ? "stopped" : "broke", "differs");
    }

    /** The state that it left is no more. */
    forget(session = this.session) {
      if (session === this.session && this.status.dataset.mark && running !== this) this.say("not in the machine's memory", "");
    }

    edit() {
      if (this.editor) return this.editor.focus();
      this.editor = new heapbook.Editor(this.pre, this.snippet.text, {
        type: (text) => this.typed(text),
        run: () => enqueue(this),
        leave: () => {
          this.leave();
          this.editButton.focus();
        },
      });
      this.update();
      this.editor.focus();
      this.editor.box.setSelectionRange(0, 0);
    }

    typed(text) {
      this.snippet.text = text;
      this.update();
    }

    leave() {
      this.editor?.end();
      this.editor = null;
      this.update();
    }

    reset() {
      this.leave();
      this.snippet.text = this.snippet.source;
      heapbook.Editor.show(this.code, this.snippet.text);
      this.update();
      this.clear();
      this.runButton.focus();
    }
  }

  /** The lines of both sides, for those who want to see them. */
  function difference(lines, summary = "compared with the book", other = "the book") {
    const rows = lines.map(({ side, text }) => {
      const [mark, said] = { both: [" ", ""], book: ["−", `only in ${other}: `], here: ["+", "only here: "] }[side];
      const row = make("span", { className: `heapbook-side-${side}` });
      if (said) row.append(make("span", { className: "heapbook-unseen", textContent: said }));
      row.append(`${mark} ${text}\n`);
      return row;
    });
    return make("details", { className: "heapbook-difference" }, make("summary", { textContent: summary }), ...rows);
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

  /** The places for answers to exercises. */
  const answers = [];

  const chapter = {
    bar: make("div", { className: "heapbook-bar heapbook-chapter" }),
    update() {
      [...cells, ...answers].forEach((cell) => cell.update());
      this.stopButton.hidden = !running && !waiting.size;
      this.runButton.hidden = !this.stopButton.hidden;
    },
    build() {
      this.runButton = button("Run all", "Run all snippets of this page, one after the other", () => {
        cells.forEach(enqueue);
        this.update();
      });
      this.runButton.classList.add("heapbook-run");
      holder.expect(this.runButton);
      this.stopButton = button("Stop", "End the program", stop);
      this.bar.append(this.runButton, this.stopButton, panel.toggle, make("span", { className: "heapbook-status", textContent: "The snippets of this page run in your browser." }));
      const heading = document.querySelector("main h1");
      if (heading) heading.after(this.bar);
      this.update();
    },
  };
  if (cells.length) chapter.build();

  // ── Exercises ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A place for the reader's own answer before a solution that is folded away: what the solution prints is what an answer has to print. */
  class Answer {
    constructor(details, cell) {
      this.cell = cell;
      this.session = page.sessions.length + cell.snippet.index;
      const code = make("code", { className: "language-python hljs" });
      this.frame = make("div", { className: "heapbook-cell heapbook-answer" }, make("p", { className: "heapbook-caption", textContent: "Your answer" }), make("pre", {}, code));
      this.checkButton = button("Check", "Run your answer, after all that stands before it, and hold it against the solution's output", () => enqueue(this));
      this.checkButton.classList.add("heapbook-run");
      this.stopButton = button("Stop", "End the program", stop);
      this.status = make("span", { className: "heapbook-status" });
      this.status.setAttribute("role", "status");
      this.text = make("pre");
      this.live = make("div", { className: "heapbook-output heapbook-live", hidden: true }, this.text);
      this.live.setAttribute("role", "log");
      this.live.setAttribute("aria-label", "What your answer prints");
      this.frame.append(make("div", { className: "heapbook-bar" }, this.checkButton, this.stopButton, this.status), this.live);
      details.before(this.frame);
      this.editor = new heapbook.Editor(this.frame.querySelector("pre"), "", { type: () => {}, run: () => enqueue(this) });
      this.editor.box.setAttribute("aria-label", "Your answer; Ctrl-Enter checks it, Escape and then Tab leads on");
      this.update();
    }

    update() {
      this.checkButton.hidden = running === this;
      this.stopButton.hidden = running !== this;
    }

    say(text, mark = "") {
      this.status.textContent = text;
      this.status.dataset.mark = mark;
    }

    begin() {
      this.say("running …");
      this.text.replaceChildren();
      this.live.hidden = true;
    }

    async run() {
      const { session, at } = this.cell.place;
      await holder.run(async (machine) => {
        this.begin();
        // Each try begins where the page stands before the solution.
        machine.ran.delete(this.session);
        const show = (pieces) => {
          this.live.hidden = false;
          heapbook.print(this.text, pieces);
        };
        const answer = await runStep(machine, session, at, show, { as: this.session, text: this.editor.text });
        heapbook.show(this.text, answer.pieces);
        this.live.hidden = !answer.pieces.length;
        this.live.classList.toggle("heapbook-raised", Boolean(answer.raised));
        if (answer.same) this.say("right: it prints what the solution prints", "same");
        else {
          this.say(answer.pieces.length ? "not yet: the solution prints something else" : "not yet: nothing is printed", "differs");
          this.text.append(difference(answer.lines, "compared with the solution (which tells what it prints)", "the solution"));
          this.live.hidden = false;
        }
        await panel.take(machine, this.session, this.editor.text, this.frame);
      });
    }

    fail(error) {
      this.live.hidden = false;
      heapbook.fail(this.text, error);
      this.say(error instanceof Stopped ? "stopped" : "broke", "differs");
    }
  }

  for (const details of document.querySelectorAll("main details")) {
    const solution = cells.find((cell) => details.contains(cell.frame));
    if (solution && details.querySelector("summary")?.textContent.trim().startsWith("Solution")) answers.push(new Answer(details, solution));
  }
})();
