/** The kernelspec as Jupyter itself reads it. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { jupyterEnvironment } from "../../setup/environment.mjs";
import { prepareJupyter } from "../../setup/jupyter.mjs";
import { prepareKernelSpec } from "../../setup/kernelspec.mjs";
import { paths } from "../../setup/paths.mjs";

interface Listed {
  readonly resource_dir: string;
  readonly spec: { readonly argv: readonly string[]; readonly display_name: string; readonly language: string; readonly interrupt_mode: string; readonly env: Readonly<Record<string, string>> };
}

it("is found by Jupyter through JUPYTER_PATH, with the Node that ran the set-up and pictures of the right size", async () => {
  await prepareKernelSpec();
  const jupyter = await prepareJupyter();
  const { stdout } = spawnSync(jupyter, ["kernelspec", "list", "--json"], { env: jupyterEnvironment(), encoding: "utf8" });
  const listed = (JSON.parse(stdout) as { kernelspecs: Record<string, Listed> }).kernelspecs["nabla"];
  expect(listed?.spec).toMatchObject({ display_name: "TypeScript (Nabla)", language: "typescript", interrupt_mode: "message" });
  expect(listed?.spec.argv[0]).toBe(process.execPath);
  expect(path.isAbsolute(listed?.spec.argv[1] ?? "")).toBe(true);
  expect(listed?.spec.argv.slice(2)).toEqual(["--connection-file", "{connection_file}"]);
  expect(listed?.spec.env).toEqual({ NABLA_PACKAGES: paths.root, MALLOC_MMAP_THRESHOLD_: "262144" });
  for (const size of [32, 64]) {
    const png = readFileSync(path.join(listed?.resource_dir ?? "", `logo-${size}x${size}.png`));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
  }
});

it("keeps everything that Jupyter writes inside the checkout, as Jupyter itself names the places", async () => {
  const jupyter = await prepareJupyter();
  const { stdout } = spawnSync(jupyter, ["--paths", "--json"], { env: jupyterEnvironment(), encoding: "utf8" });
  const places = JSON.parse(stdout) as { runtime: string[]; config: string[]; data: string[] };
  expect(places.runtime).toEqual([path.join(paths.jupyter, "runtime")]);
  expect(places.config).toContain(path.join(paths.jupyter, "config"));
  expect(places.data[0]).toBe(paths.jupyter);
  expect(places.data).toContain(path.join(paths.jupyter, "data"));
});

it("puts our folder before the person's own JUPYTER_PATH and keeps theirs", () => {
  const { JUPYTER_PATH } = jupyterEnvironment({ JUPYTER_PATH: "/opt/kernels" });
  expect(JUPYTER_PATH).toBe([paths.jupyter, "/opt/kernels"].join(path.delimiter));
  expect(existsSync(paths.jupyter)).toBe(true);
});
