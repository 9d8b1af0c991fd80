/**
 * A machine that lacks a piece gets one sentence with the command that cures it. The machines are doctored: a PATH
 * that holds only some programs, or a Node that says it is another one.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findProgram } from "../../setup/command.mjs";

const setupMain = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../setup/setup.mjs");

let programs: string;
beforeEach(() => {
  programs = mkdtempSync(path.join(tmpdir(), "nabla-programs-"));
});
afterEach(() => rmSync(programs, { recursive: true, force: true }));

/** Puts the machine's own program on the doctored PATH. */
function withReal(...names: string[]): void {
  for (const name of names) symlinkSync(findProgram(name) ?? "", path.join(programs, name));
}

/** Puts a program of ours on the doctored PATH. */
function withFake(name: string, shellLines: string): void {
  const file = path.join(programs, name);
  writeFileSync(file, `#!/bin/sh\n${shellLines}\n`);
  chmodSync(file, 0o755);
}

/** Runs the set-up; `pretending` is JavaScript that runs in it before anything else. */
function setUp(pretending = ""): { status: number | null; said: string } {
  const preload = `data:text/javascript,${encodeURIComponent(pretending)}`;
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: programs };
  delete env["CXX"];
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", preload, setupMain], { env, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

function expectOneSentence({ status, said }: { status: number | null; said: string }, words: readonly RegExp[]): void {
  for (const word of words) expect(said).toMatch(word);
  expect(said.trim().split("\n")).toHaveLength(1);
  expect(said).not.toMatch(/^\s+at /m);
  expect(status).toBe(1);
}

describe("the set-up says in one sentence what is missing and what brings it", () => {
  it("when there is no compiler", () => {
    withReal("python3");
    expectOneSentence(setUp(), [/No C\+\+ compiler was found/, /install/]);
  });

  it("when the compiler cannot do C++20", () => {
    withReal("python3");
    withFake("c++", 'case "$*" in *-std=c++20*) exit 1;; esac; exit 0');
    expectOneSentence(setUp(), [/cannot compile C\+\+20/, /install/]);
  });

  it("when there is no python3", () => {
    withFake("c++", "exit 0");
    expectOneSentence(setUp(), [/No python3 was found/, /install/]);
  });

  it("when python3 has no venv module", () => {
    withFake("c++", "exit 0");
    // What Debian's python3 without python3-venv answers: the version, then an import error.
    withFake("python3", 'echo 3.11; echo "ModuleNotFoundError: No module named ensurepip" >&2; exit 1');
    expectOneSentence(setUp(), [/has no venv module/, /install/]);
  });

  it("when python3 is too old for JupyterLab", () => {
    withFake("c++", "exit 0");
    withFake("python3", "echo 3.8; echo venv");
    expectOneSentence(setUp(), [/is Python 3\.8/, /3\.10 or newer/]);
  });

  it("when python3 is there and does not run", () => {
    withFake("c++", "exit 0");
    withFake("python3", "exit 127");
    expectOneSentence(setUp(), [/python3 does not run/, /install/]);
  });

  it("when Node is too old", () => {
    withReal("python3", "g++");
    const old = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.1" } });';
    expectOneSentence(setUp(old), [/Node 20\.11\.1 is too old/, /20\.12 or newer/, /nvm install/]);
  });

  it("when NABLA_JUPYTER names something else", () => {
    withFake("c++", "exit 0");
    withFake("python3", "echo 3.11; echo venv");
    withFake("jupyter", "echo 3.6.8");
    expectOneSentence(setUp(`process.env.NABLA_JUPYTER = ${JSON.stringify(path.join(programs, "jupyter"))};`),
      [/NABLA_JUPYTER names .* not a JupyterLab 4 \(3\.6\.8\)/, /unset it/]);
  });

  it("when the system is Windows itself", () => {
    const windows = 'Object.defineProperty(process, "platform", { value: "win32" });';
    expectOneSentence(setUp(windows), [/WSL2/, /wsl --install/]);
  });
});
