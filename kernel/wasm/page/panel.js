// The heap beside the code, live: a picture after each run, a collection step by step, and the way back through earlier runs.
// Where there is room it stands beside the page, and otherwise below the code that has run.
"use strict";

heapbook.Panel = class Panel {
  static count = 0;
  static MEMORY = "heapbook-panel";
  /** Where a program has more objects, nothing is drawn. */
  static MOST_OBJECTS = 20_000;
  /** Where a look takes so many milliseconds, it is the only one. */
  static LONG = 300;
  /** So many runs are kept to look back at. */
  static MOST = 60;

  constructor() {
    const { make, button } = heapbook;
    /** What was seen, run by run: what has run, and the pictures by name. */
    this.seen = [];
    this.at = -1;
    this.isOn = localStorage.getItem(Panel.MEMORY) !== "off";
    this.toggle = button("Heap", "Show the heap after each run", () => this.turn(!this.isOn));
    this.back = button("◀", "The run before", () => this.go(this.at - 1));
    this.on = button("▶", "The next run", () => this.go(this.at + 1));
    this.back.setAttribute("aria-label", "The run before");
    this.on.setAttribute("aria-label", "The next run");
    this.range = make("input", { type: "range", min: 1, value: 1, oninput: () => this.go(this.range.value - 1) });
    this.range.setAttribute("aria-label", "Run");
    this.range.onkeydown = (event) => event.stopPropagation();
    this.label = make("p", { className: "heapbook-panel-label" });
    this.label.setAttribute("role", "status");
    this.views = make("div", { className: "heapbook-panel-views" });
    this.views.setAttribute("role", "group");
    this.views.setAttribute("aria-label", "What is shown");
    this.body = make("div", { className: "heapbook-panel-body" });
    const close = button("×", "Close", () => this.turn(false));
    close.setAttribute("aria-label", "Close the heap");
    this.way = make("div", { className: "heapbook-panel-way" }, this.back, this.range, this.on);
    this.element = make("section", { className: "heapbook-panel", hidden: true }, make("header", {}, make("strong", { textContent: "The heap" }), this.views, close), this.way, this.label, this.body);
    this.element.setAttribute("aria-label", "The heap");
    /** Which of the pictures is shown. */
    this.view = "now";
    this.turn(this.isOn);
  }

  turn(isOn) {
    this.isOn = isOn;
    localStorage.setItem(Panel.MEMORY, isOn ? "on" : "off");
    this.toggle.setAttribute("aria-pressed", String(isOn));
    this.show();
  }

  /**
   * Looks at the heap of a session after a run. `label` says what has run, `below` is where the panel stands if it is not beside the page, and `more` has
   * further pictures by their names.
   */
  async take(machine, session, label, below, more = {}) {
    if (!this.isOn) return;
    const prefix = `hp-panel-${(Panel.count += 1)}`;
    const look = (heap, letter) => machine.tell({ do: "look", session, heap, most: Panel.MOST_OBJECTS, prefix: `${prefix}${letter}` });
    const begun = performance.now();
    const { heap: now, large } = await look("", "h");
    const took = performance.now() - begun;
    const { heap: step } = now && took < Panel.LONG ? await look("step", "s") : {};
    const note = large ? `<p class="heapbook-panel-label">The program has ${large}: too much to be drawn after each run.</p>` : null;
    this.seen.push({ label, pictures: { now: now ?? note, step, ...more } });
    if (this.seen.length > Panel.MOST) this.seen.shift();
    if (below) below.after(this.element);
    this.go(this.seen.length - 1);
  }

  forget() {
    this.seen = [];
    this.go(-1);
  }

  go(at) {
    this.at = Math.max(-1, Math.min(at, this.seen.length - 1));
    this.show();
  }

  static NAMES = { now: "Now", step: "A collection, step by step", timeline: "Memory over time" };

  show() {
    const one = this.seen[this.at];
    const isShown = this.isOn && Boolean(one);
    this.element.hidden = !isShown;
    document.documentElement.classList.toggle("heapbook-beside", isShown);
    if (!isShown) return;
    const { make, button } = heapbook;
    this.range.max = this.seen.length;
    this.range.value = this.at + 1;
    this.back.disabled = this.at === 0;
    this.on.disabled = this.at === this.seen.length - 1;
    this.way.hidden = this.seen.length < 2;
    const lines = one.label.trim().split("\n");
    const which = this.at === this.seen.length - 1 ? "After the last run" : `After run ${this.at + 1} of ${this.seen.length}`;
    this.label.replaceChildren(`${which}: `, make("code", { textContent: lines[0] + (lines.length > 1 ? " …" : "") }));
    const names = Object.keys(one.pictures).filter((name) => one.pictures[name]);
    const view = names.includes(this.view) ? this.view : names[0];
    const hadFocus = this.views.contains(document.activeElement);
    this.views.replaceChildren(...names.map((name) => {
      const choice = button(Panel.NAMES[name], "", () => {
        this.view = name;
        this.show();
      });
      choice.setAttribute("aria-pressed", String(name === view));
      return choice;
    }));
    if (hadFocus) this.views.querySelector("[aria-pressed=true]")?.focus();
    this.body.innerHTML = one.pictures[view] ?? "";
  }
};
