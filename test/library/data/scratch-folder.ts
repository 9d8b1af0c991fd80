/** A fresh folder for each test, with the cache in it, and the real data sets where NABLA_DATA names them. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** The path of a real file below NABLA_DATA, or undefined; says which of the two once per test file. */
export function realFile(...parts: string[]): string | undefined {
  const folder = process.env.NABLA_DATA;
  const path = folder === undefined ? undefined : join(folder, ...parts);
  const present = path !== undefined && existsSync(path);
  console.log(present ? `the tests use the real ${parts.join("/")} that NABLA_DATA names` : `NABLA_DATA names no ${parts.join("/")}: the tests use sets made here`);
  return present ? path : undefined;
}

/** Gives each test an empty folder; NABLA_DATA names its `given`, NABLA_CACHE its `cache`, and neither is there yet. */
export function useScratchFolder(): { readonly path: string; readonly given: string; readonly cache: string } {
  let path = "";
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "nabla-data-"));
    vi.stubEnv("NABLA_DATA", join(path, "given"));
    vi.stubEnv("NABLA_CACHE", join(path, "cache"));
    vi.stubEnv("NABLA_MIRROR", "");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    rmSync(path, { recursive: true, force: true });
  });
  return {
    get path() { return path; },
    get given() { return join(path, "given"); },
    get cache() { return join(path, "cache"); },
  };
}
