// Runs all sessions of a drawn book in the browser's machine, under node: each output has to be the page's.
// `node machine.mjs BOOK`

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const book = process.argv[2];

const scripts = { packs: {} };
const take = (...given) => (given.length === 1 ? Object.assign(scripts, given[0]) : (scripts.packs[given[1]] = given[2]));
const read = (file) => new Function("heapbookMachine", "heapbookPack", readFileSync(join(book, file), "utf8"))(take, take);
read("heapbook-machine.js");
const pack = (name) => scripts.packs[name] ?? read(`heapbook-pack-${name}.js`) ?? scripts.packs[name];

/** A Worker with the machine, without a browser. */
async function started() {
  const waiting = [];
  const postMessage = (data) => data.printed || waiting.shift()(data);
  const onmessage = new Function("postMessage", `let onmessage;\n${scripts.worker}\nreturn onmessage;`)(postMessage);
  const ask = (data) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      onmessage({ data });
    });
  const { ready } = await ask({ start: { packed: scripts.machine, module: scripts.module, packs: scripts.packs } });
  scripts.module = ready;
  /** Sends a message, and the packs that the machine wants for it. */
  return async (message) => {
    for (;;) {
      const told = await ask({ message });
      if (!told.answer?.wants) return told;
      for (const name of told.answer.wants) await ask({ install: { name, text: pack(name) } });
    }
  };
}

let [tell, held, failed, restarts] = [await started(), 0, 0, 0];

/** Runs a session, and gives what differs and how much was compared; or the pack that the machine lacked. */
async function run(name, snippets, { version, steps }) {
  const session = { held: 0, failures: [] };
  await tell({ do: "open", session: 0, version });
  for (const step of steps) {
    const { kind, source, outputs, heap } = snippets[step.snippet];
    const output = outputs.find((output) => output.as === (step.as ?? null));
    const expected = kind === "pycon" ? { text: source } : { text: output?.text ?? "", ellipsis: output?.ellipsis };
    const { answer, broke, missing } = await tell({ do: "run", session: 0, kind, source, expected, heap });
    if (missing) return { missing };
    if (!step.held) continue;
    session.held += 1;
    if (answer?.same && (!heap || answer.heap)) continue;
    session.failures.push(`${name}, Python ${version}, snippet ${step.snippet}: ${broke ?? JSON.stringify(answer.lines, null, 1)}`);
  }
  return session;
}

for (const name of readdirSync(book).filter((name) => name.endsWith(".html") && name !== "print.html").sort()) {
  const found = readFileSync(join(book, name), "utf8").match(/<script type="application\/json" class="heapbook-page">(.*?)<\/script>/s);
  if (!found || name === "index.html") continue;
  const { snippets, sessions } = JSON.parse(found[1]);
  for (const session of sessions) {
    let ran = await run(name, snippets, session);
    for (; ran.missing; ran = await run(name, snippets, session)) {
      pack(ran.missing);
      tell = await started();
      restarts += 1;
    }
    held += ran.held;
    failed += ran.failures.length;
    ran.failures.forEach((failure) => console.log(failure));
  }
}
console.log(`${held} outputs held against the pages, ${failed} differ; the machine lacked a pack ${restarts} times`);
process.exitCode = failed || held < 100 ? 1 : 0;
