// Bytes from the letters of a script, and what LZMA made small as it was. Letters and not bytes, because a page that is a file can load nothing but scripts.
"use strict";

/** The seven bits that no letter of its own stands for, because a script's text cannot have it. */
const UNWRITTEN = [0, 10, 13, 34, 92];

/**
 * Bytes from text. A letter below 128 is seven bits; of one above, the upper bits say which of the unwritten seven bits it stands for, and the
 * lower seven are the next seven bits.
 */
function bytes(text) {
  const out = new Uint8Array(((text.length * 14) >> 3) + 1);
  let [at, bits, count] = [0, 0, 0];
  const length = text.length;
  for (let i = 0; i < length; i += 1) {
    const letter = text.charCodeAt(i);
    if (letter > 127) {
      bits = (bits << 7) | UNWRITTEN[(letter >> 7) - 1];
      count += 7;
      if (count >= 8) out[at++] = bits >> (count -= 8);
    }
    bits = (bits << 7) | (letter & 127);
    count += 7;
    if (count >= 8) out[at++] = bits >> (count -= 8);
  }
  return out.subarray(0, at);
}

/** Compared with this bit turned over, signed numbers are unsigned ones. */
const SIGN = 1 << 31;

/** What a file of the LZMA kind (with its header of 13 bytes) holds. Names are those of the LZMA specification. */
function lzma(input) {
  const lc = input[0] % 9;
  const lp = Math.floor(input[0] / 9) % 5;
  const pb = Math.floor(input[0] / 45);
  const size = input[5] | (input[6] << 8) | (input[7] << 16) | (input[8] << 24);
  const output = new Uint8Array(size);
  const probabilities = (count) => new Uint16Array(count).fill(1024);
  const isMatch = probabilities(12 << 4);
  const isRep = probabilities(12);
  const isRepG0 = probabilities(12);
  const isRepG1 = probabilities(12);
  const isRepG2 = probabilities(12);
  const isRep0Long = probabilities(12 << 4);
  const posSlots = probabilities(4 << 6);
  const posDecoders = probabilities(128);
  const align = probabilities(16);
  const literals = probabilities(0x300 << (lc + lp));
  const lengthDecoder = () => ({ choice: probabilities(2), low: probabilities(16 << 3), mid: probabilities(16 << 3), high: probabilities(256) });
  const [lengths, repLengths] = [lengthDecoder(), lengthDecoder()];
  let at = 14;
  // The range and the code of the range coder; in variables they would be numbers on the heap.
  const rc = new Int32Array([-1, 0]);
  const [RANGE, CODE] = [0, 1];
  for (let i = 0; i < 4; i += 1) rc[CODE] = (rc[CODE] << 8) | input[at++];

  function bit(model, index) {
    const probability = model[index];
    const bound = Math.imul(rc[RANGE] >>> 11, probability);
    let result;
    if ((rc[CODE] ^ SIGN) < (bound ^ SIGN)) {
      rc[RANGE] = bound;
      model[index] = probability + ((2048 - probability) >> 5);
      result = 0;
    } else {
      rc[RANGE] = (rc[RANGE] - bound) | 0;
      rc[CODE] = (rc[CODE] - bound) | 0;
      model[index] = probability - (probability >> 5);
      result = 1;
    }
    if ((rc[RANGE] & 0xff000000) === 0) {
      rc[RANGE] <<= 8;
      rc[CODE] = (rc[CODE] << 8) | input[at++];
    }
    return result;
  }

  function tree(model, from, width) {
    let symbol = 1;
    for (let i = 0; i < width; i += 1) symbol = (symbol << 1) | bit(model, from + symbol);
    return symbol - (1 << width);
  }

  function reverseTree(model, from, width) {
    let [symbol, result] = [1, 0];
    for (let i = 0; i < width; i += 1) {
      const next = bit(model, from + symbol);
      symbol = (symbol << 1) | next;
      result |= next << i;
    }
    return result;
  }

  function direct(width) {
    let result = 0;
    for (let i = 0; i < width; i += 1) {
      rc[RANGE] >>>= 1;
      const next = (rc[CODE] ^ SIGN) >= (rc[RANGE] ^ SIGN) ? 1 : 0;
      if (next) rc[CODE] = (rc[CODE] - rc[RANGE]) | 0;
      result = (result << 1) | next;
      if ((rc[RANGE] & 0xff000000) === 0) {
        rc[RANGE] <<= 8;
        rc[CODE] = (rc[CODE] << 8) | input[at++];
      }
    }
    return result;
  }

  function lengthOf(decoder, posState) {
    if (!bit(decoder.choice, 0)) return tree(decoder.low, posState << 3, 3);
    if (!bit(decoder.choice, 1)) return 8 + tree(decoder.mid, posState << 3, 3);
    return 16 + tree(decoder.high, 0, 8);
  }

  function distance(length) {
    const slot = tree(posSlots, Math.min(length, 3) << 6, 6);
    if (slot < 4) return slot;
    const width = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << width;
    if (slot < 14) return base + reverseTree(posDecoders, base - slot, width);
    return base + (direct(width - 4) << 4) + reverseTree(align, 0, 4);
  }

  let [state, rep0, rep1, rep2, rep3, done] = [0, 0, 0, 0, 0, 0];
  while (done < size) {
    const posState = done & ((1 << pb) - 1);
    if (!bit(isMatch, (state << 4) + posState)) {
      const previous = done ? output[done - 1] : 0;
      const from = 0x300 * (((done & ((1 << lp) - 1)) << lc) + (previous >> (8 - lc)));
      let symbol = 1;
      if (state >= 7) {
        let match = output[done - rep0 - 1];
        do {
          const matchBit = (match >> 7) & 1;
          match <<= 1;
          const next = bit(literals, from + ((1 + matchBit) << 8) + symbol);
          symbol = (symbol << 1) | next;
          if (matchBit !== next) break;
        } while (symbol < 0x100);
      }
      while (symbol < 0x100) symbol = (symbol << 1) | bit(literals, from + symbol);
      output[done++] = symbol;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let length;
    if (bit(isRep, state)) {
      if (!bit(isRepG0, state)) {
        if (!bit(isRep0Long, (state << 4) + posState)) {
          state = state < 7 ? 9 : 11;
          output[done] = output[done - rep0 - 1];
          done += 1;
          continue;
        }
      } else {
        let next;
        if (!bit(isRepG1, state)) next = rep1;
        else {
          if (!bit(isRepG2, state)) next = rep2;
          else {
            next = rep3;
            rep3 = rep2;
          }
          rep2 = rep1;
        }
        rep1 = rep0;
        rep0 = next;
      }
      length = lengthOf(repLengths, posState);
      state = state < 7 ? 8 : 11;
    } else {
      [rep3, rep2, rep1] = [rep2, rep1, rep0];
      length = lengthOf(lengths, posState);
      state = state < 7 ? 7 : 10;
      rep0 = distance(length);
    }
    for (let from = done - rep0 - 1, end = Math.min(done + length + 2, size); done < end; ) output[done++] = output[from++];
  }
  return output;
}
