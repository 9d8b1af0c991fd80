/** What goes into the tarball, and which systems its addon loads on. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { requireOldSystem, symbolsTooNew } from "../../setup/pack/addon-versions.mjs";
import { closureOf, isLeftOut, runtimeDependencies, travellingManifest } from "../../setup/pack/bundled-packages.mjs";
import { kernelImages, requireKernelsForAllCards } from "../../setup/pack/kernel-images.mjs";
import { packedManifest, parts } from "../../setup/pack/tarball.mjs";
import { paths } from "../../setup/paths.mjs";

/** Lines of `objdump -T`, of an addon as GCC 12 links it on Debian 12. */
const table = `
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.35) hypot
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.2.5) memcpy
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.28) fcntl64
0000000000000000      DF *UND*	0000000000000000 (GLIBCXX_3.4.29) _ZNSt15something
0000000000000000      DO *UND*	0000000000000000 (GLIBCXX_3.4.22) _ZTINSt6thread6_StateE
0000000000000000  w   DF *UND*	0000000000000000 (GLIBC_2.34) __cxa_thread_atexit_impl
0000000000000000      D  *UND*	0000000000000000  Base        napi_create_external
0000000000000000      DF *UND*	0000000000000000 (CXXABI_1.3) __cxa_begin_catch
0000000000012340 g    DF .text	0000000000000010  Base        napi_register_module_v1
`;

describe("the addon", () => {
  it("is looked through for what a system with glibc 2.28 does not have", () => {
    expect(symbolsTooNew(table)).toEqual(["hypot (GLIBC_2.35)", "_ZNSt15something (GLIBCXX_3.4.29)", "__cxa_thread_atexit_impl (GLIBC_2.34)"]);
  });

  it("that was built here loads on glibc 2.28", () => {
    expect(requireOldSystem(paths.addon)).toBe("glibc 2.28");
  });
});

/** A fat binary as nvcc lays it out: a header, then each entry's own header and bytes. */
function fatBinary(entries: readonly (readonly [kind: 1 | 2, capability: number])[]): Buffer {
  const bodies = entries.map(([kind, capability]) => {
    const body = Buffer.alloc(64 + 40, 0xaa);
    body.fill(0, 0, 64);
    body.writeUInt16LE(kind, 0);
    body.writeUInt32LE(64, 4);
    body.writeBigUInt64LE(40n, 8);
    body.writeUInt32LE(capability, 28);
    return body;
  });
  const header = Buffer.alloc(16);
  header.writeUInt32LE(0xba55ed50, 0);
  header.writeUInt16LE(1, 4);
  header.writeUInt16LE(16, 6);
  header.writeBigUInt64LE(BigInt(104 * bodies.length), 8);
  return Buffer.concat([header, ...bodies]);
}

describe("the CUDA kernels in an addon", () => {
  const whole = fatBinary([[2, 75], [1, 75], [2, 80], [2, 90], [2, 120]]);
  // The first word alone, and a binary that breaks off, are none.
  const addon = (...images: Buffer[]): Buffer => Buffer.concat([Buffer.from("ELF"), whole.subarray(0, 4), Buffer.alloc(40), ...images.flatMap((image) => [image, Buffer.alloc(7)]), whole.subarray(0, 200)]);

  it("are read from its bytes", () => {
    expect(kernelImages(addon(whole, fatBinary([[2, 90]])))).toEqual([["sm_75", "compute_75", "sm_80", "sm_90", "sm_120"], ["sm_90"]]);
    expect(kernelImages(addon())).toEqual([]);
  });

  it.each([
    ["none", addon(), "has no kernels for sm_75, sm_80, sm_90, sm_120"],
    ["some for one kind of card alone", addon(whole, fatBinary([[2, 90], [1, 75]])), "has no kernels for sm_75, sm_80, sm_120"],
    ["none that later cards compile", addon(whole, fatBinary([[2, 75], [2, 80], [2, 90], [2, 120]])), "has no kernels for later cards"],
  ])("that are %s are not packed for all cards", (_, bytes, words) => {
    const folder = mkdtempSync(path.join(tmpdir(), "nabla-addon-"));
    try {
      const file = path.join(folder, "nabla.node");
      writeFileSync(file, bytes);
      expect(() => requireKernelsForAllCards(file)).toThrow(words);
      writeFileSync(file, addon(whole, whole));
      expect(requireKernelsForAllCards(file)).toBe("kernels for sm_75, sm_80, sm_90, sm_120 and later cards");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("the packages in the tarball", () => {
  it("are those that run, with all that they need, the nearest copy of each, and no package for another system", () => {
    const packages = {
      "node_modules/a": { dependencies: { b: "1", c: "1" }, optionalDependencies: { "for-mac": "1", "for-linux": "1" } },
      "node_modules/b": { dependencies: { c: "2", a: "1" } },
      "node_modules/b/node_modules/c": { dependencies: { d: "1" } },
      "node_modules/c": {},
      "node_modules/d": {},
      "node_modules/for-linux": {},
      "node_modules/for-mac": {},
      "node_modules/unneeded": {},
    };
    const found = closureOf(["a"], packages, (place: string) => place !== "node_modules/for-mac");
    expect(found).toEqual(["node_modules/a", "node_modules/b", "node_modules/b/node_modules/c", "node_modules/c", "node_modules/d", "node_modules/for-linux"]);
  });

  it("run nothing when they are installed, and ask for nothing that is not inside", () => {
    const manifest = { name: "a", version: "1.0.0", scripts: { install: "node build.js" }, devDependencies: { x: "1" }, optionalDependencies: { "for-mac": "1", "for-linux": "1" }, dependencies: { b: "1" } };
    const inside = (name: string): boolean => name !== "for-mac";
    expect(travellingManifest(manifest, inside)).toEqual({ name: "a", version: "1.0.0", dependencies: { b: "1" }, optionalDependencies: { "for-linux": "1" } });
  });

  it("leave builds for other systems behind, and keep the licences", () => {
    expect(isLeftOut("zeromq", "build/win32/x64/node/msvc-115-Release/addon.node")).toBe(true);
    expect(isLeftOut("zeromq", "build/manifest.json")).toBe(false);
    expect(isLeftOut("zeromq", "LICENSE_MPL-2.0.txt")).toBe(false);
    expect(isLeftOut("zeromq", `build/${process.platform}/${process.arch}/node`)).toBe(false);
    expect(isLeftOut("typescript", "lib/de/diagnosticMessages.generated.json")).toBe(true);
    expect(isLeftOut("typescript", "lib/zh-cn/diagnosticMessages.generated.json")).toBe(false);
    expect(isLeftOut("typescript", "lib/lib.es2023.d.ts")).toBe(false);
    expect(isLeftOut("dejavu-fonts-ttf", "ttf/DejaVuSerif.ttf")).toBe(true);
    expect(isLeftOut("dejavu-fonts-ttf", "ttf/DejaVuSans-Bold.ttf")).toBe(false);
  });
});

it("has a manifest that installs on this kind of system alone, with everything that runs bundled", () => {
  const manifest = JSON.parse(readFileSync(paths.packageJson, "utf8")) as { name: string; dependencies: Record<string, string>; exports: object };
  const packed = packedManifest(manifest);
  expect(packed).toMatchObject({ name: "nabla", exports: manifest.exports, os: [process.platform], cpu: [process.arch] });
  expect(packed.bundleDependencies).toEqual(Object.keys(runtimeDependencies(manifest)));
  expect(packed.bundleDependencies).toContain("zeromq");
  expect(packed.bundleDependencies).not.toContain("node-addon-api");
  expect(packed).not.toHaveProperty("scripts");
  expect(packed).not.toHaveProperty("devDependencies");
});

it("holds what is put into a person's Jupyter: the JupyterLab extension as it is built, and nbconvert's template", () => {
  expect(parts).toEqual(expect.arrayContaining(["lab/labextension", "setup"]));
  const { jupyterlab } = JSON.parse(readFileSync(path.join(paths.labExtension, "package.json"), "utf8")) as { jupyterlab: { _build: { load: string } } };
  expect(existsSync(path.join(paths.labExtension, jupyterlab._build.load))).toBe(true);
  expect(existsSync(path.join(paths.root, "setup", "nbconvert", "index.html.j2"))).toBe(true);
});
