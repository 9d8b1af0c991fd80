/**
 * MurmurHash2 of a text's UTF-8 bytes (Austin Appleby, 2008, public domain), the one hash by which JupyterLab's debugger
 * names cells: the same text has the same path on both sides, and a cell needs no name on the wire.
 */
const MULTIPLIER = 0x5bd1e995;

/** @returns An unsigned integer of 32 bits. */
export function murmur2(text: string, seed: number): number {
  const bytes = new TextEncoder().encode(text);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = seed ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let word = Math.imul(words.getUint32(at, true), MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  if (at < bytes.length) {
    for (let index = bytes.length - 1; index >= at; index--) hash ^= bytes[index]! << (8 * (index - at));
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return (hash ^ (hash >>> 15)) >>> 0;
}
