/**
 * `npm run pack -- --cuda` in a fresh clone: the addon in the tarball has kernels for every kind of card, loads on a machine without
 * one, and says there why it computes on the CPU. nvcc compiles every kernel four times and once more, which takes a while.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "../../setup/command.mjs";
import { kernelImages } from "../../setup/pack/kernel-images.mjs";
import { npmCommand } from "../../setup/packages.mjs";
import { paths } from "../../setup/paths.mjs";

const LONG = 3_000_000;

let place: string;
beforeAll(() => { place = mkdtempSync(path.join(tmpdir(), "nabla kernels ")); });
afterAll(() => rm(place, { recursive: true, force: true }), 300_000);

// NVIDIA has no compiler for other systems; setup/test.mjs brings one here.
if (process.platform === "linux") {
  it("holds kernels for all cards, and computes without one", async () => {
    const clone = path.join(place, "nabla");
    expect((await runCommand("git", ["clone", "--quiet", paths.root, clone], {})).status).toBe(0);
    const nvcc = process.env["NABLA_NVCC"];
    if (nvcc === undefined) throw new Error("NABLA_NVCC does not name nvcc; `npm run test:long -- native` finds one");
    const [program, first] = npmCommand();
    const env = { ...process.env, PATH: `${path.dirname(nvcc)}${path.delimiter}${process.env["PATH"] ?? ""}` };
    const packed = await runCommand(program, [...first, "run", "pack", "--", "--cuda", "--to", place], { cwd: clone, env });
    expect(packed.status, packed.output).toBe(0);
    expect(packed.output).toContain("kernels for sm_75, sm_80, sm_90, sm_120 and later cards");

    const tarball = readdirSync(place).find((name) => name.endsWith(".tgz"));
    expect(tarball).toBeDefined();
    const project = path.join(place, "project");
    mkdirSync(path.join(project, "node_modules"), { recursive: true });
    expect((await runCommand("tar", ["xzf", path.join(place, tarball!), "-C", project], {})).status).toBe(0);
    symlinkSync(path.join(project, "package"), path.join(project, "node_modules", "nabla"));
    const addon = path.join(project, "package", "build", "native", "nabla.node");
    expect(existsSync(addon)).toBe(true);

    const sources = readdirSync(path.join(clone, "native", "cuda", "kernels")).filter((name) => name.endsWith(".cu"));
    const images = kernelImages(readFileSync(addon));
    expect(images).toHaveLength(sources.length);
    for (const entries of images) expect([...entries].sort()).toEqual(["compute_75", "sm_120", "sm_75", "sm_80", "sm_90"]);

    // An empty library in the place of the driver: what a machine without a card finds.
    const text = 'import { device, tensor } from "nabla"; console.log(tensor([1, 2]).add(1).toArray().join(), device.info().whyNoCuda);';
    const ran = await runCommand(process.execPath, ["--preserve-symlinks", "--input-type=module", "-e", text], { cwd: project, env: { ...process.env, NABLA_DEVICE: "", NABLA_CUDA_LIBRARY: path.join(place, "no driver.so") } });
    expect(ran.output.trim()).toMatch(/^2,3 the library that NABLA_CUDA_LIBRARY names does not load: /);
  }, LONG);
}
