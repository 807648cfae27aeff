// The machine of a page: scripts bring it, a Worker runs it, messages go to and fro. `run.js` runs a page's snippets on it, `playground.js` a reader's program,
// `../jupyterlite` a notebook's cells. It is loaded at the first use; nothing is asked of any server but the book's own, so a page that is opened as a file does the same.
"use strict";

const heapbook = (() => {
  /** Where the scripts are. On a page of the book, this constant of mdBook's leads from a page in a folder to the book's root. */
  let root = typeof path_to_root === "string" ? path_to_root : "";
  const from = (folder) => (root = folder);

  /** An element with its properties and what is in it. */
  function make(tag, properties = {}, ...inside) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  }

  /** What scripts have given, by name: the machine, and packs of the library. */
  const given = new Map();
  window.heapbookMachine = (machine) => given.set("machine", machine);
  window.heapbookPack = (build, name, text) => given.set(name, { build, text });

  /** Loads a script by its tag, which works from a file too, and gives what it gave. */
  function script(name, file) {
    return new Promise((resolve, reject) => {
      const tag = make("script", { src: `${root}${file}`, charset: "utf-8" });
      tag.onload = () => resolve(given.get(name));
      tag.onerror = () => {
        tag.remove();
        reject(new Error("The machine is not in this book yet. `heapbook serve` builds it in the background, `heapbook build` says what it lacks. Then press Run again."));
      };
      document.head.append(tag);
    });
  }

  let loading = null;

  /** The packed machine and the Worker's script. */
  function load() {
    loading ??= script("machine", "heapbook-machine.js").then((loaded) => ({ ...loaded, module: null, packs: {} }));
    loading.catch(() => (loading = null));
    return loading;
  }

  /** A pack of the library: the machine has it in its next start, too. */
  async function pack(name) {
    const loaded = await load();
    if (!loaded.packs[name]) {
      const { build, text } = await script(name, `heapbook-pack-${name}.js`);
      if (build !== loaded.build) throw new Error("The book has changed since this page was opened; load the page again.");
      loaded.packs[name] = text;
    }
    return loaded.packs[name];
  }

  /** Gives a machine all packs. */
  async function everything(machine) {
    const { library } = await load();
    await Promise.all(library.map(pack));
    for (const name of library) await machine.install(name);
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
        if (data.ready) {
          this.interruptible = data.interruptible;
          resolve((loaded.module = data.ready));
        } else if (data.missing) reject(new Missing(data.missing));
        else if (data.answer?.error) reject(new Error(data.answer.error));
        else if (data.answer) resolve(data.answer);
        else reject(new Broken(data));
      };
      this.worker.onerror = (event) => this.waiting?.reject(new Error(event.message || "the Worker cannot be started"));
      // A page that is a file has no addresses that its Worker could look at: some browsers would wait for ever.
      const flagged = location.protocol === "file:" ? null : this.raise();
      const { module, packs } = loaded;
      this.installed = new Set(Object.keys(packs));
      this.ready = this.ask({ start: { ...(module ? { module } : { packed: loaded.machine }), packs, flagged } });
    }

    /** The flag that the Worker looks for while a program runs: an address, as long as it leads to something. */
    raise() {
      if (this.flag) URL.revokeObjectURL(this.flag);
      return (this.flag = URL.createObjectURL(new Blob(["go on"])));
    }

    /** Interrupts the program, if the Worker can see it. */
    interrupt() {
      URL.revokeObjectURL(this.flag);
      this.flag = null;
    }

    /** Sends a message to the machine, and the packs that it wants first. `stdin` is how a program asks the reader, if it can. */
    async tell(message, stdin = null) {
      for (;;) {
        const answer = await this.ask({ message, stdin, flag: this.interruptible ? this.raise() : undefined });
        if (!answer.wants) return answer;
        for (const name of answer.wants) await this.install(name);
      }
    }

    /** Gives the machine a pack, once. */
    async install(name) {
      if (this.installed.has(name)) return;
      this.installed.add(name);
      await this.ask({ install: { name, text: await pack(name) } });
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

  /** The machine ran into a pack that it lacks, and whatever it was doing is lost. */
  class Missing extends Error {}

  class Stopped extends Error {}

  /** So long a program may take to hear that it is interrupted. */
  const PATIENCE = 1500;

  /** The one machine of a page, which is started when it is wanted. */
  class Holder {
    /** `onLost` is told when a machine is thrown away, with all that it remembers. */
    constructor(onLost = () => {}) {
      this.onLost = onLost;
      this.machine = null;
      this.starting = null;
    }

    /** The machine, when it has started. */
    started() {
      if (this.starting) return this.starting;
      const starting = load().then(async (loaded) => {
        this.machine = new Machine(loaded);
        await this.machine.ready;
        return this.machine;
      });
      starting.catch(() => {
        if (this.starting === starting) this.starting = null;
      });
      return (this.starting = starting);
    }

    /** Starts it as soon as the pointer comes near a button that will want it: a click follows a quarter of a second later. */
    expect(button) {
      button.addEventListener("pointerenter", () => this.started().catch(() => {}));
    }

    drop(reason) {
      this.machine?.end(reason);
      this.machine = null;
      this.starting = null;
      this.onLost();
    }

    /** Does work that needs the machine, once more where it lacked a pack: work begins anew then. */
    async run(work) {
      for (;;) {
        try {
          return await work(await this.started());
        } catch (error) {
          if (!(error instanceof Missing)) throw error;
          await pack(error.message);
          this.drop(error);
        }
      }
    }

    /**
     * Ends what runs: as Ctrl-C does if it can, and by throwing the machine away if the program does not listen and `isRunning` still. Gives whether it
     * is waited for.
     */
    stop(isRunning) {
      const machine = this.machine;
      const end = () => {
        if (machine && this.machine === machine && isRunning()) {
          const why = machine.interruptible ? "The program did not listen, so the machine" : "The machine";
          this.drop(new Stopped(`Stopped. ${why} was thrown away; the next Run starts a new one and runs again what stands before it.`));
        }
      };
      if (!machine?.interruptible || !machine.flag) {
        end();
        return false;
      }
      machine.interrupt();
      setTimeout(end, PATIENCE);
      return true;
    }
  }

  /** Adds what is printed to a text while it is printed. */
  function print(pre, pieces) {
    for (const { stream, text } of pieces) {
      const last = pre.lastChild;
      if (last?.dataset?.stream === String(stream)) last.append(text);
      else {
        const part = make("span", { textContent: text, className: stream ? "heapbook-stderr" : "" });
        part.dataset.stream = stream;
        pre.append(part);
      }
    }
  }

  /** Shows the outputs of a run that has ended. */
  function show(pre, pieces) {
    pre.replaceChildren();
    for (const { kind, text } of pieces) {
      const before = pre.textContent;
      if (before && !before.endsWith("\n") && kind !== "stdout" && kind !== "stderr") pre.append("\n");
      pre.append(make("span", { textContent: text, className: `heapbook-${kind}` }));
    }
  }

  /** Says below what was printed why a run has failed. */
  function fail(pre, error) {
    const line = pre.textContent && !pre.textContent.endsWith("\n") ? "\n" : "";
    pre.append(make("span", { className: "heapbook-error", textContent: `${line}${error.message}\n` }));
  }

  function button(label, title, onclick) {
    return make("button", { type: "button", className: "heapbook-button", textContent: label, title, onclick });
  }

  return { from, make, button, print, show, fail, everything, Holder, Stopped };
})();

// Where scripts are bundled, this is a module.
if (typeof module === "object") module.exports = heapbook;
