/**
 * Which version of a local file an import means: its URL carries a mark of the file and of every local file it imports,
 * so that an edit anywhere below gives new modules, and an import without an edit gives the same one.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "#typescript";
import { resolveModule, type ResolutionRoots } from "./resolver.ts";

const MARK = "version";

interface Scanned {
  readonly stamp: string;
  /** The URLs of the local files that the file imports. */
  readonly imports: readonly string[];
  /** What it imports and is nowhere: Node keeps a module that failed, so the version must change when it is there. */
  readonly missing: readonly string[];
}

/** Whether an import of this URL sees edits: a file that is not an installed package's. */
export function isLocalFile(url: string): boolean {
  return url.startsWith("file:") && !url.includes("/node_modules/");
}

/** Whether a URL carries a mark of ours. */
export function isVersioned(url: string): boolean {
  return url.startsWith("file:") && new URL(url).searchParams.has(MARK);
}

/** A URL without our mark and without anything else behind the path. */
export function fileOf(url: string): string {
  return url.replace(/[?#].*$/, "");
}

/** Whether a specifier names a file by its place, and not a package or a module of Node's. */
export function isPlace(specifier: string): boolean {
  return /^\.{0,2}\/|^\.{1,2}$|^file:/.test(specifier);
}

/** Gives URLs of local files their marks; remembers what it read as long as a file does not change. */
export class Versions {
  readonly #files = new Map<string, Scanned>();
  readonly #packagesRoot: string | undefined;

  constructor(packagesRoot: string | undefined) {
    this.#packagesRoot = packagesRoot;
  }

  /** The URL of a local file as it is now, the files that it imports included. */
  versioned(url: string): string {
    const marked = new URL(url);
    const stamps = [...this.closure(url)].sort().map((file) => `${file} ${this.#scan(file).stamp} ${this.#scan(file).missing.join(" ")}`);
    marked.searchParams.set(MARK, createHash("sha256").update(stamps.join("\n")).digest("hex").slice(0, 12));
    return marked.href;
  }

  /** A file and every local file that it imports, directly or not. */
  closure(url: string): Set<string> {
    const files = new Set<string>();
    const open = [fileOf(url)];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (files.has(file)) continue;
      files.add(file);
      open.push(...this.#scan(file).imports);
    }
    return files;
  }

  #scan(url: string): Scanned {
    const path = fileURLToPath(url);
    const status = statSync(path, { bigint: true, throwIfNoEntry: false });
    const stamp = status === undefined ? "gone" : `${status.mtimeNs} ${status.size} ${status.ino}`;
    const known = this.#files.get(url);
    const isCurrent = known !== undefined && known.stamp === stamp && known.missing.length === 0 && known.imports.every(isThere);
    if (isCurrent) return known;
    const isCode = status !== undefined && /\.(?:[cm]?[jt]s|tsx)$/.test(path);
    const scanned = { stamp, ...(isCode ? this.#importsOf(path) : { imports: [], missing: [] }) };
    this.#files.set(url, scanned);
    return scanned;
  }

  #importsOf(path: string): Pick<Scanned, "imports" | "missing"> {
    const roots: ResolutionRoots = { directory: dirname(path), ...(this.#packagesRoot !== undefined && { packagesRoot: this.#packagesRoot }) };
    const imports: string[] = [];
    const missing: string[] = [];
    for (const { fileName } of ts.preProcessFile(readFileSync(path, "utf8"), true, true).importedFiles) {
      try {
        const url = fileOf(resolveModule(fileName, roots));
        if (isPlace(fileName) && isLocalFile(url)) imports.push(url);
      } catch {
        // The import itself will say so.
        missing.push(fileName);
      }
    }
    return { imports, missing };
  }
}

function isThere(url: string): boolean {
  return statSync(fileURLToPath(url), { throwIfNoEntry: false }) !== undefined;
}
