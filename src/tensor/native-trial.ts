/**
 * A native addon is tried in another process before it is loaded into this one. One that was made for another processor or
 * another system, or was cut off while it was copied, would end the process that loads it, and with it a learner's
 * variables; so it ends one that nobody needs, and the reason becomes a sentence. A file that has passed is not tried again.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";

/** How long loading may take in the other process. Milliseconds. */
const LONGEST = 60_000;

/** The file, the Node that loads it and the machine: with any other one it has to pass anew. */
function passOf(addon: string): string {
  const { size, mtimeMs } = statSync(addon);
  return `${size} ${mtimeMs} ${process.version} ${hostname()}\n`;
}

/** Where it is noted that an addon has passed: beside it, or in the person's cache where that may not be written to. */
function notesFor(addon: string): string[] {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const name = createHash("sha256").update(addon).digest("hex").slice(0, 16);
  return [`${addon}.tried`, join(cache, "nabla", `addon-${name}.tried`)];
}

function isNoted(file: string, pass: string): boolean {
  try {
    return readFileSync(file, "utf8") === pass;
  } catch {
    return false;
  }
}

function note(files: readonly string[], pass: string): void {
  for (const file of files) {
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, pass);
      return;
    } catch {
      // The next place; with none it is tried again the next time.
    }
  }
}

/**
 * Tries an addon, unless it has passed before.
 * @returns Why it cannot be loaded, or nothing when it can.
 */
export function whyNotLoadable(addon: string): string | undefined {
  const pass = passOf(addon);
  const notes = notesFor(addon);
  if (notes.some((file) => isNoted(file, pass))) return undefined;
  // Options of this process, a debugger's port among them, are not for that one.
  const { NODE_OPTIONS: _options, ...env } = process.env;
  const { error, status, signal, stderr } = spawnSync(process.execPath, ["-e", "require(process.argv[1])", addon], { env, timeout: LONGEST, encoding: "utf8" });
  // Where no process may be started it cannot be tried, only loaded.
  if (error !== undefined && signal === null) return undefined;
  if (status === 0) {
    note(notes, pass);
    return undefined;
  }
  if (signal === "SIGILL") return "it has instructions that this processor does not know (SIGILL, in a trial in another process)";
  if (signal !== null) return `it crashes when it is loaded (${signal}, in a trial in another process), so it is damaged or was made for another system`;
  const library = /version `(GLIBC(?:XX)?)_([\d.]+)' not found/.exec(stderr);
  if (library !== null) return `it needs ${library[1] === "GLIBC" ? "glibc" : "the libstdc++ with GLIBCXX"} ${library[2]}, and this system's is older`;
  return /^Error: (.*)$/m.exec(stderr)?.[1] ?? `a trial in another process ended with status ${status}`;
}
