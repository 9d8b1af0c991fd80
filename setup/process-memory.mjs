/**
 * How much memory a program takes with all the processes that it started, and those that they started: on Linux the sum of
 * their proportional sizes (what several share is counted once), read a few times a second; elsewhere the sum of what `ps`
 * calls resident, which is a little more.
 */
import { readdirSync, readFileSync } from "node:fs";
import { ask } from "./command.mjs";

const EVERY_MS = 250;
const KIBI = 1024;

/** Parent and size of every process that can be read, by number. Linux's sizes are read later, only where they are wanted. */
function processes() {
  if (process.platform !== "linux") {
    const lines = ask("ps", ["-axo", "pid=,ppid=,rss="]).stdout.trim().split("\n");
    return new Map(lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid, parent, size]) => [pid, { parent, size: size * KIBI }]));
  }
  const found = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name stands in parentheses and may hold anything; behind the last one come the state and the parent.
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      found.set(Number(name), { parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) });
    } catch {
      // It ended in between.
    }
  }
  return found;
}

function proportionalSize(pid) {
  try {
    return KIBI * Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Bytes of a process and all below it, now. */
export function memoryOfTree(pid) {
  const all = processes();
  const isBelow = (one) => {
    for (let at = one; at !== undefined && at > 0; at = all.get(at)?.parent) if (at === pid) return true;
    return false;
  };
  return [...all.keys()].filter(isBelow).reduce((sum, one) => sum + (all.get(one).size ?? proportionalSize(one)), 0);
}

/**
 * Watches a process and all below it.
 * @returns {() => number} ends the watch and gives the largest number of bytes seen
 */
export function watchMemory(pid) {
  let peak = 0;
  const look = () => (peak = Math.max(peak, memoryOfTree(pid)));
  const timer = setInterval(look, EVERY_MS);
  look();
  return () => {
    clearInterval(timer);
    return peak;
  };
}
