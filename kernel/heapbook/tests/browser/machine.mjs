// Runs all sessions of a drawn book in the browser's machine, under node: each output has to be the page's.
// `node machine.mjs BOOK`

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const book = process.argv[2];

/** A Worker with the machine, without a browser. */
function started() {
  const waiting = [];
  const scope = {
    postMessage(data) {
      if (!data.printed) waiting.shift()(data);
    },
    heapbookMachine(loaded) {
      scope.loaded = loaded;
    },
  };
  new Function("heapbookMachine", readFileSync(join(book, "heapbook-machine.js"), "utf8"))(scope.heapbookMachine);
  scope.onmessage = new Function("postMessage", `let onmessage;\n${scope.loaded.worker}\nreturn onmessage;`)(scope.postMessage);
  const ask = (message) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      scope.onmessage({ data: message });
    });
  return { ask, packed: scope.loaded.machine };
}

const { ask, packed } = started();
await ask({ start: { packed } });
let [held, failed] = [0, 0];
for (const name of readdirSync(book).filter((name) => name.endsWith(".html") && name !== "print.html").sort()) {
  const found = readFileSync(join(book, name), "utf8").match(/<script type="application\/json" class="heapbook-page">(.*?)<\/script>/s);
  if (!found || name === "index.html") continue;
  const { snippets, sessions } = JSON.parse(found[1]);
  for (const { version, steps } of sessions) {
    await ask({ do: "open", session: 0, version });
    for (const step of steps) {
      const { kind, source, outputs, heap } = snippets[step.snippet];
      const output = outputs.find((output) => output.as === (step.as ?? null));
      const expected = kind === "pycon" ? { text: source } : { text: output?.text ?? "", ellipsis: output?.ellipsis };
      const { answer, broke } = await ask({ do: "run", session: 0, kind, source, expected, heap });
      if (!step.held) continue;
      held += 1;
      if (answer?.same && (!heap || answer.heap)) continue;
      failed += 1;
      console.log(`${name}, Python ${version}, snippet ${step.snippet}: ${broke ?? JSON.stringify(answer.lines, null, 1)}`);
    }
  }
}
console.log(`${held} outputs held against the pages, ${failed} differ`);
process.exitCode = failed || held < 100 ? 1 : 0;
