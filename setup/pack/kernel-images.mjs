/**
 * The CUDA kernels inside an addon: which cards have machine code of their own there, and which PTX later ones compile. nvcc's fat
 * binaries are found by their first word and read entry by entry; NVIDIA does not describe them, `cuobjdump --list-elf` shows the same.
 */
import { readFileSync } from "node:fs";
import { SetupFailure } from "../failure.mjs";
import { everyCapability } from "../native.mjs";
import { shown } from "../paths.mjs";

const FIRST_WORD = 0xba55ed50;
const HEADER_BYTES = 16;
const KINDS = { 1: "compute", 2: "sm" };

/** The entries of a fat binary that begins here, e.g. `["sm_90", "compute_75"]`; undefined where these bytes are none. */
function entriesOf(bytes, begin) {
  if (begin + HEADER_BYTES > bytes.length || bytes.readUInt16LE(begin + 6) !== HEADER_BYTES) return undefined;
  const end = begin + HEADER_BYTES + Number(bytes.readBigUInt64LE(begin + 8));
  if (end > bytes.length) return undefined;
  const entries = [];
  for (let at = begin + HEADER_BYTES; at < end;) {
    if (at + 32 > end) return undefined;
    const kind = KINDS[bytes.readUInt16LE(at)];
    const [header, size, capability] = [bytes.readUInt32LE(at + 4), Number(bytes.readBigUInt64LE(at + 8)), bytes.readUInt32LE(at + 28)];
    if (kind === undefined || header < 32 || at + header + size > end) return undefined;
    entries.push(`${kind}_${capability}`);
    at += header + size;
  }
  return entries;
}

/**
 * The fat binaries in an addon, each with what it holds.
 * @param {Buffer} bytes
 * @returns {string[][]}
 */
export function kernelImages(bytes) {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(FIRST_WORD);
  const images = [];
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) {
    const entries = entriesOf(bytes, at);
    if (entries !== undefined && entries.length > 0) images.push(entries);
  }
  return images;
}

/**
 * @param {string} addon
 * @returns {string} what its kernels are for, in words
 * @throws {SetupFailure} where it has no kernels, or some that lack a kind of card
 */
export function requireKernelsForAllCards(addon) {
  const images = kernelImages(readFileSync(addon));
  const wanted = everyCapability.map((capability) => `sm_${capability}`);
  const lacking = wanted.filter((kind) => images.length === 0 || images.some((entries) => !entries.includes(kind)));
  const withoutText = images.some((entries) => !entries.some((entry) => entry.startsWith("compute_")));
  if (lacking.length > 0 || withoutText) {
    throw new SetupFailure(`${shown(addon)} has no kernels for ${[...lacking, ...(withoutText ? ["later cards"] : [])].join(", ")}: remove the folder build and run the command again.`);
  }
  return `kernels for ${wanted.join(", ")} and later cards`;
}
