/** `npm exec nabla doctor`: all is well on a machine that was set up, and each piece that is taken away is named with its cure. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { examine } from "../../setup/doctor.mjs";
import { checks } from "../../setup/doctor/checks.mjs";
import { SetupFailure } from "../../setup/failure.mjs";
import { writeKernelSpec } from "../../setup/kernelspec.mjs";
import { paths } from "../../setup/paths.mjs";
import { venvProgram } from "../../setup/python.mjs";
import { runProgram } from "./programs.ts";

let place: string;
let data: string;
const jupyter = process.env["NABLA_JUPYTER"] ?? venvProgram("jupyter");
beforeAll(async () => {
  place = mkdtempSync(path.join(tmpdir(), "nabla-doctor-"));
  data = path.join(place, "data");
  mkdirSync(data);
  await writeKernelSpec(data);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** What the doctor says, by check, of a person whose Jupyter looks into the data folder. */
async function doctor(extra: NodeJS.ProcessEnv = {}): Promise<{ status: number | null; findings: Record<string, string>; said: string }> {
  const env: NodeJS.ProcessEnv = { ...process.env, NABLA_LANG: "en", JUPYTER_DATA_DIR: data, PATH: `${path.dirname(jupyter)}${path.delimiter}${process.env["PATH"]}`, ...extra };
  delete env["JUPYTER_PATH"];
  const { status, stdout, stderr } = await runProgram(process.execPath, [path.join(paths.root, "setup", "nabla.mjs"), "doctor"], { cwd: place, env });
  const lines = [...stdout.matchAll(/^([✓✗-]) ([\w ]+): (.*)$/gm)].map(([, mark, name, sentence]) => [name, `${mark} ${sentence}`]);
  return { status, findings: Object.fromEntries(lines) as Record<string, string>, said: stdout + stderr };
}

it("finds that everything works where everything was set up, a cell and a product of tensors included", async () => {
  const { status, findings, said } = await doctor();
  expect(status, said).toBe(0);
  expect(said).toContain("Everything works.");
  expect(Object.keys(findings)).toEqual(["Node", "compiler", "kernel", "native runtime", "messages", "Jupyter", "widgets", "kernelspec", "lab extension", "a cell", "tensors"]);
  expect(Object.values(findings).filter((finding) => !finding.startsWith("✓"))).toEqual([]);
  expect(findings["widgets"]).toMatch(/jupyterlab-manager \d/);
  expect(findings["kernelspec"]).toContain(path.join(data, "kernels", "nabla"));
  expect(findings["lab extension"]).toContain(path.join(data, "labextensions", "nabla-lab"));
});

describe("names what is wrong, and its cure", () => {
  it("when the native runtime is cut off: the cell still runs, the tensors are not tried", async () => {
    const cut = path.join(place, "cut.node");
    writeFileSync(cut, readFileSync(paths.addon).subarray(0, 100_000));
    const { status, findings, said } = await doctor({ NABLA_ADDON: cut });
    expect(status, said).toBe(1);
    expect(findings["native runtime"]).toMatch(/^✗ the native runtime .* does not load: .*run: npm run setup/);
    expect(findings["a cell"]).toMatch(/^✓/);
    expect(findings["tensors"]).toBe("- not tried without: native runtime");
    expect(said).toContain("1 of 11 checks failed");
  });

  it("when the kernelspec starts a Node or a copy of Nabla that is gone, or the lab extension is another one", async () => {
    vi.stubEnv("JUPYTER_DATA_DIR", data).stubEnv("JUPYTER_PATH", data).stubEnv("PATH", `${path.dirname(jupyter)}${path.delimiter}${process.env["PATH"]}`);
    const verdict = async (check = "kernelspec"): Promise<string | undefined> => (await examine(checks.filter(({ name }) => name === check).map(({ needs: _needs, ...rest }) => rest)))[0]?.sentence;
    const file = path.join(data, "kernels", "nabla", "kernel.json");
    const text = readFileSync(file, "utf8");
    const spec = JSON.parse(text) as { argv: string[] };
    expect(await verdict()).toBe(path.dirname(file));
    writeFileSync(file, JSON.stringify({ ...spec, argv: ["/opt/node-18/bin/node", ...spec.argv.slice(1)] }));
    expect(await verdict()).toMatch(/ starts \/opt\/node-18\/bin\/node, which is gone: run `npm exec nabla install`/);
    writeFileSync(file, JSON.stringify({ ...spec, env: { NABLA_PACKAGES: "/elsewhere" } }));
    expect(await verdict()).toMatch(/ starts another copy of Nabla, \/elsewhere: run `npm exec nabla install`/);
    writeFileSync(file, text);

    const extension = path.join(data, "labextensions", "nabla-lab", "package.json");
    const described = readFileSync(extension, "utf8");
    expect(await verdict("lab extension")).toBe(path.dirname(extension));
    writeFileSync(extension, described.replace(/remoteEntry\.\w+/, "remoteEntry.of-last-year"));
    expect(await verdict("lab extension")).toMatch(/holds another version of the extension: run `npm exec nabla install`/);
    writeFileSync(extension, described);
    vi.unstubAllEnvs();
  });
});

it("says that sliders are shown as text where nothing draws them", async () => {
  const program = path.join(place, "jupyter");
  writeFileSync(program, `#!/bin/sh\necho '{"data": ["${data}"]}'\n`, { mode: 0o755 });
  vi.stubEnv("NABLA_JUPYTER", program);
  const [finding] = await examine(checks.filter(({ name }) => name === "widgets").map(({ needs: _needs, ...rest }) => rest));
  vi.unstubAllEnvs();
  expect(finding).toMatchObject({ state: "well", sentence: expect.stringContaining("pip install jupyterlab_widgets") });
});

describe("a list of checks", () => {
  it("goes on after one that failed, and does not try what needs it", async () => {
    const findings = await examine([
      { name: "first", check: () => { throw new SetupFailure("broken: run something."); } },
      { name: "second", needs: ["first"], check: () => "never" },
      { name: "third", needs: ["second"], check: () => "never" },
      { name: "fourth", check: async () => "well" },
    ]);
    expect(findings).toEqual([
      { name: "first", state: "ill", sentence: "broken: run something." },
      { name: "second", state: "untried", sentence: "not tried without: first" },
      { name: "third", state: "untried", sentence: "not tried without: second" },
      { name: "fourth", state: "well", sentence: "well" },
    ]);
  });
});
