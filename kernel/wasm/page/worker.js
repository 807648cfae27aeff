// Runs the machine, away from the page: a program that does not end stops nothing but this Worker, which the page then throws away.
"use strict";

let machine;
const decoders = [new TextDecoder(), new TextDecoder()];

/** What is printed goes to the page at once; where very much is, a piece every few milliseconds. */
const printed = { pieces: [], count: 0, last: 0 };
const AT_ONCE = 500;
const PAUSE = 20;

function tell() {
  if (printed.pieces.length) postMessage({ printed: printed.pieces });
  printed.pieces = [];
  printed.last = performance.now();
}

/** Why the machine broke, if it says so. */
let panic = null;

function onPrinted(stream, place, length) {
  if (stream === 2) return (panic = new TextDecoder().decode(new Uint8Array(machine.memory.buffer, place, length)));
  const text = decoders[stream].decode(new Uint8Array(machine.memory.buffer, place, length), { stream: true });
  const last = printed.pieces.at(-1);
  if (last?.stream === stream) last.text += text;
  else printed.pieces.push({ stream, text });
  printed.count += 1;
  if (printed.count <= AT_ONCE || performance.now() - printed.last > PAUSE) tell();
}

/** The machine's bytes from the text that a page holds them in, so that a page that is a file can have them too. */
async function unpacked(text) {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

async function start({ packed, module }) {
  module ??= await WebAssembly.compile(await unpacked(packed));
  machine = (await WebAssembly.instantiate(module, { heapbook: { printed: onPrinted } })).exports;
  postMessage({ ready: module });
}

function answer(message) {
  const bytes = new TextEncoder().encode(JSON.stringify(message));
  const place = machine.room(bytes.length);
  new Uint8Array(machine.memory.buffer, place, bytes.length).set(bytes);
  const result = machine.call(place, bytes.length);
  const [at, length] = [Number(result >> 32n), Number(result & 0xffffffffn)];
  const text = new TextDecoder().decode(new Uint8Array(machine.memory.buffer, at, length));
  machine.release(at, length);
  return JSON.parse(text);
}

onmessage = async ({ data }) => {
  try {
    if (data.start) return await start(data.start);
    printed.count = 0;
    const result = answer(data);
    tell();
    postMessage({ answer: result });
  } catch (error) {
    tell();
    // The machine ends without a word where there is no more memory.
    const why = panic ? "panic" : error instanceof RangeError ? "depth" : machine && error instanceof WebAssembly.RuntimeError ? "memory" : "error";
    postMessage({ broke: panic ?? String(error), why });
  }
};
