/** `npm exec nabla data`: the sets that were asked for come into the folder, from a mirror here, and what fails is said. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startMirror } from "../library/data/mirror-server.ts";
import { readArguments, run } from "../../setup/data.mjs";
import { dataFolder } from "../../setup/data-folder.mjs";
import { paths } from "../../setup/paths.mjs";

let folder: string;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), "nabla-fetch-")); });
afterEach(() => rmSync(folder, { recursive: true }));

const names = (args: string[]): string[] => readArguments(args).sets.map(([name]: readonly unknown[]) => String(name));

it("without a name fetches what the first chapters need, with names those, with --all everything", () => {
  expect(names([])).toEqual(["mnist"]);
  expect(names(["imdb", "cifar-10"])).toEqual(["imdb", "cifar-10"]);
  expect(names(["--all"])).toEqual(["mnist", "fashion-mnist", "cifar-10", "imdb"]);
  expect(readArguments([], "/", { npm_config_all: "true" }).sets).toHaveLength(4);
  expect(readArguments(["--to", "class"], "/home/x").to).toBe(path.resolve("/home/x", "class"));
  expect(() => readArguments(["cat"])).toThrow(/no data set "cat"; known are mnist/);
  expect(() => readArguments(["--to"])).toThrow(/--to needs a folder/);
});

describe("fetching", () => {
  it("goes on after a set that cannot be had, and names it at the end", async () => {
    const asked: string[] = [];
    const said: string[] = [];
    const loader = (title: string, fails: boolean) => async (options: { set: string }) => {
      asked.push(options.set);
      if (fails) throw Object.assign(new Error("no mirror answers"), { name: "DataUnreachable" });
      return { name: title, checksum: "c0ffee" };
    };
    const load = async () => ({ loadMnist: loader("MNIST", true), loadImdb: loader("a subset of IMDB", false) });
    await expect(run(["mnist", "imdb"], { load, environment: {}, say: (line: string) => void said.push(line) })).rejects.toThrow(/^MNIST could not be had/);
    expect(asked).toEqual(["MNIST", "IMDB"]);
    expect(said).toEqual(["MNIST: no mirror answers", "a subset of IMDB: there and checked (MD5 of the set c0ffee)."]);
  });

  const real = dataFolder();
  const haveMnist = real !== undefined && existsSync(path.join(real, "mnist", "train-images-idx3-ubyte.gz"));
  if (haveMnist && existsSync(paths.addon)) it("brings MNIST from a mirror into the folder, where it is found again without one", async () => {
    const mirror = await startMirror((request, response) => {
      const file = path.join(real!, request.url ?? "");
      if (existsSync(file)) response.end(readFileSync(file));
      else response.writeHead(404).end();
    });
    const fetch = (variables: Record<string, string>) => promisify(execFile)(process.execPath, ["--expose-gc", "setup/nabla.mjs", "data", "--to", folder], { cwd: paths.root, env: { ...process.env, NABLA_MIRROR: "", ...variables } });
    const { stdout } = await fetch({ NABLA_MIRROR: mirror.url });
    await mirror.close();
    expect(stdout).toContain("MNIST: there and checked");
    expect(stdout).toContain(`NABLA_DATA=${folder}`);
    expect(mirror.requests).toHaveLength(4);
    expect(existsSync(path.join(folder, "mnist", "t10k-images-idx3-ubyte.gz"))).toBe(true);
    expect((await fetch({})).stdout).toContain("MNIST: there and checked");
  });
});
