/** The README keeps its word: its example runs, its links lead somewhere, its commands exist. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { paths } from "../../setup/paths.mjs";

const readme = readFileSync(path.join(paths.root, "README.md"), "utf8");

it("shows an example of the library in plain Node that prints what it says", () => {
  const [, example = ""] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, promised] = /console\.log\(.*\); \/\/ (.*)/.exec(example) ?? [];
  mkdirSync(paths.state, { recursive: true });
  const folder = mkdtempSync(path.join(paths.state, "example-"));
  try {
    const file = path.join(folder, "example.mjs");
    writeFileSync(file, example);
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    expect(stdout.trim(), stderr).toBe(promised);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("links only to files that are there", () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? "");
  expect(links.length).toBeGreaterThan(2);
  expect(links.filter((link) => !existsSync(path.join(paths.root, link)))).toEqual([]);
});

it("names only commands that package.json has", () => {
  const { scripts } = JSON.parse(readFileSync(paths.packageJson, "utf8")) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map((match) => match[1] ?? match[2] ?? "");
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
