/** `npm exec nabla install` and `uninstall`, as Jupyter itself sees what they leave behind. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userDataFolder } from "../../setup/install.mjs";
import { paths } from "../../setup/paths.mjs";
import { venvProgram } from "../../setup/python.mjs";
import { runProgram } from "./programs.ts";

let place: string;
const jupyter = process.env["NABLA_JUPYTER"] ?? venvProgram("jupyter");
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), "nabla install "));
  mkdirSync(path.join(place, "home"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** A person with an empty home and a Jupyter on PATH. */
function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: path.join(place, "home"), PATH: `${path.dirname(jupyter)}${path.delimiter}${process.env["PATH"]}`, ...extra };
  for (const name of Object.keys(env)) if (/^(JUPYTER|XDG_)/.test(name) && !(name in extra)) delete env[name];
  return env;
}

async function nabla(args: readonly string[], env = environment()): Promise<{ status: number | null; said: string }> {
  const { status, stdout, stderr } = await runProgram(process.execPath, [path.join(paths.root, "setup", "nabla.mjs"), ...args], { cwd: place, env });
  return { status, said: stdout + stderr };
}

interface Listed { readonly resource_dir: string; readonly spec: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> } }

/** What Jupyter finds. */
async function listed(env = environment()): Promise<Listed | undefined> {
  const { stdout } = await runProgram(jupyter, ["kernelspec", "list", "--json"], { env });
  return (JSON.parse(stdout) as { kernelspecs: Record<string, Listed> }).kernelspecs["nabla"];
}

describe("install", () => {
  it("makes the kernel known to a person's own Jupyter, with absolute places and logos, and uninstall takes it away", async () => {
    expect(await listed()).toBeUndefined();
    const { status, said } = await nabla(["install", "--user"]);
    expect(status, said).toBe(0);
    expect(said).toContain("finds it");
    const found = await listed();
    expect(found?.resource_dir).toBe(path.join(place, "home", ".local", "share", "jupyter", "kernels", "nabla"));
    expect(found?.spec.argv.slice(0, 2)).toEqual([process.execPath, paths.kernelMain]);
    expect(found?.spec.env["NABLA_PACKAGES"]).toBe(paths.root);
    expect(readdirSync(found?.resource_dir ?? "").sort()).toEqual(["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"]);
    for (const size of [32, 64]) {
      const png = readFileSync(path.join(found?.resource_dir ?? "", `logo-${size}x${size}.png`));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
    const extension = path.join(place, "home", ".local", "share", "jupyter", "labextensions", "nabla-lab");
    const { jupyterlab } = JSON.parse(readFileSync(path.join(extension, "package.json"), "utf8")) as { jupyterlab: { _build: { load: string } } };
    expect(existsSync(path.join(extension, jupyterlab._build.load))).toBe(true);
    const template = path.join(place, "home", ".local", "share", "jupyter", "nbconvert", "templates", "nabla");
    expect(readdirSync(template)).toEqual(["conf.json", "index.html.j2"]);
    expect((await nabla(["uninstall"])).status).toBe(0);
    expect(await listed()).toBeUndefined();
    expect(existsSync(extension)).toBe(false);
    expect(existsSync(template)).toBe(false);
    expect(existsSync(found?.resource_dir ?? "")).toBe(false);
  });

  it("goes into an environment that --prefix names, where a Jupyter with that place on its path finds it", async () => {
    const { status, said } = await nabla(["install", "--prefix", "environment"]);
    expect(status, said).toBe(0);
    expect(said).toContain("does not look there");
    const data = path.join(place, "environment", "share", "jupyter");
    expect((await listed(environment({ JUPYTER_PATH: data })))?.resource_dir).toBe(path.join(data, "kernels", "nabla"));
    expect((await nabla(["uninstall", "--prefix", "environment"])).status).toBe(0);
    expect(readdirSync(path.join(data, "kernels"))).toEqual([]);
  });

  it("says where Jupyter takes another one first", async () => {
    const first = path.join(place, "first", "share", "jupyter");
    await nabla(["install", "--prefix", "first"], environment({ PATH: place }));
    const { said } = await nabla(["install"], environment({ JUPYTER_PATH: first }));
    expect(said).toContain(`another one of the same name first, in ${path.join(first, "kernels", "nabla")}`);
  });

  it("tells a person without Jupyter how to get one, and can be done again", async () => {
    await nabla(["install"], environment({ PATH: place }));
    const { status, said } = await nabla(["install"], environment({ PATH: place }));
    expect(status, said).toBe(0);
    expect(said).toMatch(/No Jupyter was found on PATH.*pip install jupyterlab/);
  });

  it("says in one sentence that a place cannot be written to, or that the options do not go together", async () => {
    writeFileSync(path.join(place, "home", ".local"), "a file where a folder should be");
    const nowhere = await nabla(["install"]);
    expect(nowhere.status).toBe(1);
    expect(nowhere.said).toMatch(/cannot be written to \(ENOTDIR\): choose another place with --prefix/);
    const both = await nabla(["install", "--user", "--prefix", "x"]);
    expect(both.status).toBe(1);
    expect(both.said).toContain("--user | --prefix DIR");
  });
});

describe("uninstall", () => {
  it("leaves alone what is not there, and a kernel of the same name that it has not made", async () => {
    expect(await nabla(["uninstall"])).toMatchObject({ status: 1 });
    const folder = path.join(place, "home", ".local", "share", "jupyter", "kernels", "nabla");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "kernel.json"), JSON.stringify({ argv: ["other"], display_name: "Other", language: "other" }));
    const { status, said } = await nabla(["uninstall"]);
    expect(status).toBe(1);
    expect(said).toContain("left alone");
    expect(existsSync(path.join(folder, "kernel.json"))).toBe(true);
  });
});

it("finds a person's data folder where Jupyter does", async () => {
  for (const extra of [{}, { XDG_DATA_HOME: path.join(place, "data") }, { JUPYTER_DATA_DIR: path.join(place, "own") }]) {
    const env = environment(extra);
    const { stdout } = await runProgram(jupyter, ["--data-dir"], { env });
    expect(userDataFolder(env)).toBe(stdout.trim());
  }
});
