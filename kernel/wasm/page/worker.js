// Runs the machine, away from the page: a program that does not end stops nothing but this Worker, which the page can throw away.
// `unpack.js` stands before it.

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

/** Bytes of the machine's own memory, and the text that they are. */
const memory = (place, length) => new Uint8Array(machine.memory.buffer, place, length);
const told = (place, length) => new TextDecoder().decode(memory(place, length));

function onPrinted(stream, place, length) {
  if (stream === 2) return (panic = told(place, length));
  const text = decoders[stream].decode(memory(place, length), { stream: true });
  const last = printed.pieces.at(-1);
  if (last?.stream === stream) last.text += text;
  else printed.pieces.push({ stream, text });
  printed.count += 1;
  if (printed.count <= AT_ONCE || performance.now() - printed.last > PAUSE) tell();
}

/** What a notebook shows goes to the page between what it prints. */
function onPublished(kind, kindLength, content, length) {
  printed.pieces.push({ published: told(kind, kindLength), content: JSON.parse(told(content, length)) });
  tell();
}

/** The machine lacks a pack that it cannot wait for. */
class Missing extends Error {}

function onMissing(place, length) {
  throw new Missing(told(place, length));
}

/** How a line is asked for: an address that answers when the reader has, and the message that goes there; `null` where there is no such address. */
let stdin = null;

function asked(prompt, password) {
  try {
    const { address, browsingContextId, message } = stdin;
    const request = new XMLHttpRequest();
    request.open("POST", address, false);
    request.send(JSON.stringify({ browsingContextId, data: { ...message, content: { prompt, password } } }));
    return JSON.parse(request.response).content.value;
  } catch {
    return null;
  }
}

function onAsked(place, length, hidden) {
  const prompt = told(place, length);
  tell();
  const line = stdin && asked(prompt, hidden !== 0);
  if (typeof line !== "string") return 0n;
  const bytes = new TextEncoder().encode(line);
  return (BigInt(given(bytes)) << 32n) | BigInt(bytes.length);
}

/** The most random bytes that browsers give at once. */
const MOST_RANDOM = 65536;

function onRandom(place, length) {
  for (let from = 0; from < length; from += MOST_RANDOM) crypto.getRandomValues(memory(place + from, Math.min(MOST_RANDOM, length - from)));
}

/**
 * How the page says that the program is to be interrupted: while one runs, no message arrives, but the Worker can look whether an address still
 * leads to something, which the page takes away. Where it cannot look, the page has to throw the Worker away.
 */
const flag = { address: null, looked: 0 };
const LOOK = 60;

function isThere(address) {
  try {
    const request = new XMLHttpRequest();
    request.open("GET", address, false);
    request.send();
    return true;
  } catch {
    return false;
  }
}

function onInterrupted() {
  const now = performance.now();
  if (!flag.address || now - flag.looked < LOOK) return 0;
  // Someone who waits wants to see how far it is.
  tell();
  const asked = flag.address;
  flag.looked = now;
  if (isThere(asked)) return 0;
  flag.address = null;
  return 1;
}

/** Puts bytes into the machine's own memory. */
function given(bytes) {
  const place = machine.room(bytes.length);
  memory(place, bytes.length).set(bytes);
  return place;
}

/** Packs of data that goes back where it was cut out of the machine. */
const DATA = ["names", "forms"];

/** Gives the machine a pack. */
function install(name, text) {
  let contents = lzma(bytes(text));
  if (DATA.includes(name)) {
    const view = new DataView(contents.buffer);
    const count = view.getUint32(0, true);
    let from = 4 + 8 * count;
    for (let i = 0; i < count; i += 1) {
      const [address, length] = [view.getUint32(4 + 8 * i, true), view.getUint32(8 + 8 * i, true)];
      memory(address, length).set(contents.subarray(from, from + length));
      from += length;
    }
    contents = [];
  }
  const head = new TextEncoder().encode(`${name}\n`);
  const whole = new Uint8Array(head.length + contents.length);
  whole.set(head);
  whole.set(contents, head.length);
  machine.install(given(whole), whole.length);
}

async function start({ packed, module, packs, flagged }) {
  module ??= await WebAssembly.compile(lzma(bytes(packed)));
  const now = () => performance.timeOrigin + performance.now();
  const imports = { printed: onPrinted, published: onPublished, missing: onMissing, interrupted: onInterrupted, asked: onAsked, random: onRandom, now };
  machine = (await WebAssembly.instantiate(module, { heapbook: imports })).exports;
  for (const [name, text] of Object.entries(packs)) install(name, text);
  postMessage({ ready: module, interruptible: Boolean(flagged) && isThere(flagged) });
}

function answer(message) {
  const bytes = new TextEncoder().encode(JSON.stringify(message));
  const result = BigInt.asUintN(64, machine.call(given(bytes), bytes.length));
  const [at, length] = [Number(result >> 32n), Number(result & 0xffffffffn)];
  const text = told(at, length);
  machine.release(at, length);
  return JSON.parse(text);
}

onmessage = async ({ data }) => {
  try {
    if (data.start) return await start(data.start);
    if (data.install) {
      install(data.install.name, data.install.text);
      return postMessage({ answer: {} });
    }
    printed.count = 0;
    stdin = data.stdin ?? null;
    flag.address = data.flag ?? null;
    flag.looked = performance.now();
    const result = answer(data.message);
    tell();
    postMessage({ answer: result });
  } catch (error) {
    tell();
    if (error instanceof Missing) return postMessage({ missing: error.message });
    // The machine ends without a word where there is no more memory.
    const why = panic ? "panic" : error instanceof RangeError ? "depth" : machine && error instanceof WebAssembly.RuntimeError ? "memory" : "error";
    postMessage({ broke: panic ?? String(error), why });
  }
};
