// The editor: a text area right over the colored code, so that each key does what it does in any text field.
"use strict";

heapbook.Editor = (() => {
  /** The text with the colors that mdBook gives it. */
  function colored(text) {
    try {
      return hljs.highlight("python", text, true).value;
    } catch {
      return make("span", { textContent: text }).innerHTML;
    }
  }

  return class Editor {
    /** Edits the code of a `pre`. `on` is told of what is typed, and of the keys that run and leave. */
    constructor(pre, text, on) {
      this.pre = pre;
      this.code = pre.querySelector("code");
      this.on = on;
      this.box = heapbook.make("textarea", { className: "heapbook-editor", value: text, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
      this.box.setAttribute("aria-label", on.leave ? "Code; Escape leaves, Ctrl-Enter runs" : "Code; Ctrl-Enter runs, Escape and then Tab leads on");
      this.box.oninput = () => this.typed();
      this.box.onkeydown = (event) => this.key(event);
      this.box.onscroll = () => (this.code.scrollLeft = this.box.scrollLeft);
      pre.classList.add("heapbook-editing");
      pre.append(this.box);
      this.typed();
    }

    /** Shows a text with the colors of code. */
    static show(code, text) {
      code.innerHTML = colored(text);
    }

    get text() {
      return this.box.value;
    }

    set text(text) {
      this.box.value = text;
      this.typed();
    }

    focus() {
      this.box.focus();
    }

    typed() {
      // A last line that is empty has its height too.
      Editor.show(this.code, this.text === "" || this.text.endsWith("\n") ? `${this.text} ` : this.text);
      this.on.type(this.text);
    }

    key(event) {
      // mdBook has keys of its own for the whole page.
      event.stopPropagation();
      const { value, selectionStart: from, selectionEnd: to } = this.box;
      const begin = value.lastIndexOf("\n", from - 1) + 1;
      const escaped = this.escaped;
      this.escaped = false;
      if (event.key === "Escape") {
        // Tab is a letter here; after Escape it leads on, as on the rest of the page.
        this.escaped = true;
        if (!this.on.leave) return;
        this.on.leave();
      } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
        this.on.run();
      } else if (event.key === "Enter") {
        const line = value.slice(begin, from);
        const indent = line.match(/^((>>>|\.\.\.) ?)?\s*/)[0].replace(">>>", "...");
        this.insert(`\n${indent}${line.trimEnd().endsWith(":") ? "    " : ""}`);
      } else if (event.key === "Tab" && escaped) {
        return;
      } else if (event.key === "Tab" && (from !== to || event.shiftKey)) {
        this.shift(begin, to, event.shiftKey);
      } else if (event.key === "Tab") {
        this.insert(" ".repeat(4 - ((from - begin) % 4)));
      } else if (event.key === "Backspace" && from === to && /^( {4})+$/.test(value.slice(begin, from))) {
        this.box.setSelectionRange(from - 4, from);
        this.insert("");
      } else return;
      event.preventDefault();
    }

    /** Types a text as the reader would, so that it can be undone. */
    insert(text) {
      const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
      if (!done) this.box.setRangeText(text, this.box.selectionStart, this.box.selectionEnd, "end");
      this.typed();
    }

    /** Moves the lines of the selection to the right or the left. */
    shift(begin, to, left) {
      const end = to + (this.text.slice(to).indexOf("\n") + 1 || Infinity) - 1;
      const lines = this.text.slice(begin, end);
      const moved = left ? lines.replace(/^ {1,4}/gm, "") : lines.replace(/^(?=.)/gm, "    ");
      this.box.setSelectionRange(begin, Math.min(end, this.text.length));
      this.insert(moved);
      this.box.setSelectionRange(begin, begin + moved.length);
    }

    /** Takes the text area away. */
    end() {
      this.box.remove();
      this.pre.classList.remove("heapbook-editing");
      Editor.show(this.code, this.text);
    }
  };
})();
