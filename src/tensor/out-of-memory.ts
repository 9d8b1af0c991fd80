/**
 * The error of a device whose memory is full: what was asked for, and who holds the rest. The session goes on after it.
 */
import type { Device } from "./device.ts";
import { OutOfMemoryError } from "./errors.ts";
import { formatBytes, formatHeld, largestHeld } from "./held-memory.ts";
import { memory, memoryLimit } from "./memory.ts";
import { native } from "./native.ts";
import type { CardInfo, CardProcess } from "./native.ts";

/** So many tensors are named. */
const named = 6;

/** The largest tensors, a line each, and a last one for all others. */
function holders(device: Device, tensors: number, bytes: number): string[] {
  const largest = largestHeld(device, named);
  const lines = largest.map((held) => `  ${formatBytes(held.bytes)}: ${formatHeld(held)}`);
  const others = bytes - largest.reduce((sum, held) => sum + held.bytes, 0);
  return tensors > largest.length ? [...lines, `  ${formatBytes(others)}: ${tensors - largest.length} more`] : lines;
}

/** A process in words: "python (process 4242) holds 70.0 GiB". */
function formatProcess({ pid, name, bytes }: CardProcess): string {
  return `${name === "" ? `process ${pid}` : `${name} (process ${pid})`} holds ${bytes === undefined ? "an unknown part" : formatBytes(bytes)}`;
}

/** What more there is to say where it is the card that is full, and not what this process may take of it. */
function aboutCard({ freeBytes, processes = [] }: CardInfo): string {
  const others = processes.filter(({ own }) => !own).map(formatProcess);
  return `The card has ${formatBytes(freeBytes)} free${others.length === 0 ? "" : `; ${others.join(", ")}`}.`;
}

/**
 * The error of a call for whose results there is no memory.
 * @param what for what: "a result of shape [4096, 1024]"
 * @param asked its bytes
 */
export function outOfMemory(op: string, device: Device, what: string, asked: number): OutOfMemoryError {
  const card = device === "cpu" ? undefined : native.cardInfo()!;
  const { tensors, bytes, limitBytes } = card ?? { ...memory("cpu"), limitBytes: memoryLimit() };
  const lines = [
    `${op}: there is no memory${device === "cpu" ? "" : ` on "${device}"`} for ${what}: ${asked} bytes asked for, ${bytes} alive in ${tensors} tensors, limit ${limitBytes}`,
    ...(tensors === 0 ? [] : ["Held by:", ...holders(device, tensors, bytes)]),
  ];
  if (card !== undefined && card.reservedBytes + asked <= limitBytes) lines.push(aboutCard(card));
  return new OutOfMemoryError(lines.join("\n"));
}
