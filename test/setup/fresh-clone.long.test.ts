/**
 * A bare machine, acted out: a fresh clone in a folder with a space in its name, a person with an empty home, the set-up,
 * then the same again without a network.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "../../setup/command.mjs";
import { filesUnder } from "../../setup/stamp.mjs";
import { npmCommand } from "../../setup/packages.mjs";
import { paths } from "../../setup/paths.mjs";

let place: string;
let clone: string;
let home: string;
beforeAll(async () => {
  place = mkdtempSync(path.join(tmpdir(), "nabla fresh "));
  clone = path.join(place, "nabla");
  home = path.join(place, "home");
  mkdirSync(home);
  expect((await runCommand("git", ["clone", "--quiet", paths.root, clone], {})).status).toBe(0);
});
// Tens of thousands of files: removed without blocking, and with time.
afterAll(() => rm(place, { recursive: true, force: true }), 300_000);

/** Every registry at a port where nobody listens. */
const withoutNetwork = {
  npm_config_registry: "http://127.0.0.1:9/",
  PIP_INDEX_URL: "http://127.0.0.1:9/simple",
  PIP_FIND_LINKS: "",
  http_proxy: "http://127.0.0.1:9",
  https_proxy: "http://127.0.0.1:9",
};

async function setUp(extra: Record<string, string> = {}): Promise<{ status: number | null; said: string; seconds: number }> {
  const started = Date.now();
  const [program, first] = npmCommand();
  const env: NodeJS.ProcessEnv = { PATH: process.env["PATH"], HOME: home, NPM_CONFIG_USERCONFIG: path.join(homedir(), ".npmrc") };
  for (const [name, value] of Object.entries(process.env)) if (/^(PIP_|SSL_|LANG|NODE_EXTRA)/.test(name)) env[name] = value;
  const { status, output } = await runCommand(program, [...first, "run", "setup"], { cwd: clone, env: { ...env, ...extra } });
  return { status, said: output, seconds: (Date.now() - started) / 1000 };
}

it("is ready after one command, with nothing written into the person's home", async () => {
  const { status, said, seconds } = await setUp();
  expect(status, said).toBe(0);
  expect(said).toContain("Nabla is set up");
  console.log(`first set-up: ${seconds.toFixed(1)} s`);
  expect(existsSync(path.join(clone, "build", "native", "nabla.node"))).toBe(true);
  // npm makes an empty ~/.npm before any setting of ours is read.
  expect(filesUnder(home)).toEqual([]);
  expect(readdirSync(home).filter((name) => name !== ".npm" && name !== ".rustup")).toEqual([]);
}, 600_000);

it("has nothing to do the second time, in seconds and without a network", async () => {
  const { status, said, seconds } = await setUp(withoutNetwork);
  expect(status, said).toBe(0);
  console.log(`second set-up: ${seconds.toFixed(1)} s`);
  expect(said).not.toMatch(/Installing|Building|Configuring|Making/);
  expect(seconds).toBeLessThan(10);
}, 60_000);

it("says what to do when something is stale and there is no network", async () => {
  const requirements = path.join(clone, "setup", "jupyter.txt");
  const before = readFileSync(requirements, "utf8");
  writeFileSync(requirements, `${before}traitlets==5.14.0\n`);
  const { status, said } = await setUp(withoutNetwork);
  writeFileSync(requirements, before);
  expect(status).toBe(1);
  expect(said).toMatch(/pip could not install JupyterLab: connect to the network/);
}, 120_000);
