/** What the set-up asks of NVIDIA's programs: which cards there are, and what it says where there is none. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { capabilitiesOf, findCards, kernelsForCards, queryCard } from "../../setup/cuda.mjs";
import { paths } from "../../setup/paths.mjs";

it("reads the cards that nvidia-smi lists, and nothing from its complaints", () => {
  expect(findCards("NVIDIA H100 80GB HBM3, 9.0, 580.65.06\nNVIDIA GeForce RTX 5090, 12.0, 580.65.06\n")).toEqual([
    { name: "NVIDIA H100 80GB HBM3", capability: "90", driver: "580.65.06" },
    { name: "NVIDIA GeForce RTX 5090", capability: "120", driver: "580.65.06" },
  ]);
  expect(capabilitiesOf([{ capability: "120" }, { capability: "90" }, { capability: "120" }])).toEqual(["90", "120"]);
  expect(findCards("No devices were found\n")).toEqual([]);
  expect(findCards("")).toEqual([]);
});

it("asks for the card that is computed on, the first that CUDA_VISIBLE_DEVICES leaves", () => {
  const programs = mkdtempSync(path.join(tmpdir(), "nabla-programs-"));
  const before = { PATH: process.env["PATH"], CUDA_VISIBLE_DEVICES: process.env["CUDA_VISIBLE_DEVICES"] };
  try {
    writeFileSync(path.join(programs, "nvidia-smi"), '#!/bin/sh\nfor last; do :; done; echo "card $last, $1, [N/A]"\n', { mode: 0o755 });
    process.env["PATH"] = programs;
    delete process.env["CUDA_VISIBLE_DEVICES"];
    expect(queryCard(["name"])).toEqual(["card 0", "--query-gpu=name", "[N/A]"]);
    process.env["CUDA_VISIBLE_DEVICES"] = "2,1";
    expect(queryCard(["name"])[0]).toBe("card 2");
  } finally {
    for (const [name, value] of Object.entries(before)) if (value === undefined) delete process.env[name]; else process.env[name] = value;
    rmSync(programs, { recursive: true, force: true });
  }
});

it("compiles no kernels for a machine without a card", async () => {
  expect(await kernelsForCards([])).toBeUndefined();
});

it.each([
  [[], "There is no NVIDIA card here (nvidia-smi lists none), so nothing was tested; `npm test` runs the same kernels on the CPU."],
  [["kernels", "chapter"], "There is no part chapter to test on a card: the parts are kernels, library, chapters, sanitizer (`npm run test:cuda -- kernels`)."],
])("the tests on a card, told %j, say in one sentence why they do not run", (words, sentence) => {
  const programs = mkdtempSync(path.join(tmpdir(), "nabla-programs-"));
  try {
    // What the driver's program answers where a card was taken away; it comes before a real one.
    writeFileSync(path.join(programs, "nvidia-smi"), "#!/bin/sh\necho 'No devices were found'\nexit 6\n", { mode: 0o755 });
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(paths.root, "setup", "test-cuda.mjs"), ...words], { env: { ...process.env, PATH: programs }, encoding: "utf8" });
    expect((stdout + stderr).trim()).toBe(`nabla: ${sentence}`);
    expect(status).toBe(1);
  } finally {
    rmSync(programs, { recursive: true, force: true });
  }
});
