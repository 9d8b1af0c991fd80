/**
 * An addon that cannot be loaded is one sentence and not the end of the process: cut off, for another processor, for a
 * newer system, or crashing. The broken ones are made of shared libraries that the compiler builds here.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = path.join(root, "build", "native", "nabla.node");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla-addons-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An addon with code that runs as it is loaded. */
function addonThat(name: string, code: string): string {
  const [source, file] = [path.join(folder, `${name}.cpp`), path.join(folder, `${name}.node`)];
  writeFileSync(source, `#include <csignal>\nnamespace { struct Begin { Begin() { ${code} } } begin; }\n`);
  const { status, stderr } = spawnSync(process.env["CXX"] ?? "c++", ["-shared", "-fPIC", "-o", file, source], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return file;
}

/** Imports the library with an addon in a Node of its own. */
function importWith(addon: string, extra: NodeJS.ProcessEnv = {}): { status: number | null; signal: string | null; said: string } {
  const program = `try { await import(${JSON.stringify(pathToFileURL(path.join(root, "dist/src/index.js")).href)}); console.log("loaded"); } catch (error) { console.log(error.message); }`;
  const env = { ...process.env, NABLA_ADDON: addon, XDG_CACHE_HOME: path.join(folder, "cache"), ...extra };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8", env });
  return { status, signal, said: (stdout + stderr).trim() };
}

describe("an addon that cannot be loaded is one sentence", () => {
  const expectSentence = (addon: string, why: RegExp): void => {
    const { status, said } = importWith(addon);
    expect(status).toBe(0);
    expect(said).toMatch(why);
    expect(said).toContain(addon);
    expect(said).toContain("run: npm run setup");
    expect(said.split("\n")).toHaveLength(1);
    expect(existsSync(`${addon}.tried`)).toBe(false);
  };

  it("when the processor does not know its instructions", () => {
    expectSentence(addonThat("instruction", "std::raise(SIGILL);"), /instructions that this processor does not know \(SIGILL/);
  });

  it("when it crashes", () => {
    expectSentence(addonThat("crash", "std::raise(SIGSEGV);"), /crashes when it is loaded \(SIGSEGV.*damaged or was made for another system/);
  });

  it("when it was cut off", () => {
    const cut = path.join(folder, "cut.node");
    writeFileSync(cut, readFileSync(built).subarray(0, 200_000));
    expectSentence(cut, /does not load: /);
  });

  it("when it is for a newer system", () => {
    // The name of the version that the addon asks of the C library, changed in its table of strings.
    const bytes = readFileSync(built);
    const at = bytes.indexOf("GLIBC_2.27\0");
    expect(at).toBeGreaterThan(0);
    bytes.write("GLIBC_9.99", at, "latin1");
    // The table of versions is found by a hash of the name.
    const hash = (name: string): number => [...name].reduce((sum, character) => {
      const next = ((sum << 4) + character.charCodeAt(0)) >>> 0;
      const high = next & 0xf0000000;
      return (high === 0 ? next : (next ^ (high >>> 24)) & ~high) >>> 0;
    }, 0);
    const old = Buffer.alloc(4);
    old.writeUInt32LE(hash("GLIBC_2.27"));
    const place = bytes.indexOf(old);
    expect(place).toBeGreaterThan(0);
    bytes.writeUInt32LE(hash("GLIBC_9.99"), place);
    const file = path.join(folder, "newer.node");
    writeFileSync(file, bytes);
    expectSentence(file, /it needs glibc 9\.99, and this system's is older/);
  });

  it("when it is not there", () => {
    expect(importWith(path.join(folder, "nowhere.node")).said).toMatch(/is not built \(.*nowhere\.node is missing\); run: npm run setup/);
  });
});

describe("an addon that loads", () => {
  it("is tried once, and again when the file has changed", () => {
    const file = path.join(folder, "good.node");
    writeFileSync(file, readFileSync(built));
    expect(importWith(file).said).toBe("loaded");
    const noted = statSync(`${file}.tried`).mtimeMs;
    expect(importWith(file).said).toBe("loaded");
    expect(statSync(`${file}.tried`).mtimeMs).toBe(noted);
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    expect(importWith(file).said).toBe("loaded");
    expect(statSync(`${file}.tried`).mtimeMs).toBeGreaterThan(noted);
  });

  it("is noted in the person's cache where its own folder cannot be written to", () => {
    const file = path.join(folder, "guarded.node");
    writeFileSync(file, readFileSync(built));
    // A folder of the note's name: nobody, root included, can write a file there.
    spawnSync("mkdir", [`${file}.tried`]);
    chmodSync(file, 0o444);
    expect(importWith(file).said).toBe("loaded");
    const { stdout } = spawnSync("ls", [path.join(folder, "cache", "nabla")], { encoding: "utf8" });
    expect(stdout).toMatch(/^addon-[0-9a-f]{16}\.tried$/m);
  });

  it("is tried without the options of the process that loads it", () => {
    const file = path.join(folder, "options.node");
    writeFileSync(file, readFileSync(built));
    expect(importWith(file, { NODE_OPTIONS: "--trace-uncaught" }).said).toBe("loaded");
    expect(existsSync(`${file}.tried`)).toBe(true);
  });
});
