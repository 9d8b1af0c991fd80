/**
 * NVIDIA's assembler takes the text of fused kernels, for every op and type that they may hold, together with the functions that
 * they call as nvcc makes them. No card is needed.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { paths } from "../../setup/paths.mjs";

// NVIDIA has no compiler for other systems; setup/test.mjs brings one here.
if (process.platform === "linux") {
  test("ptxas takes every fused kernel for sm_75, sm_90 and sm_120, and none spills", { timeout: 300_000 }, () => {
    const nvcc = process.env["NABLA_NVCC"];
    if (nvcc === undefined) throw new Error("NABLA_NVCC does not name nvcc; `npm test -- native` finds one");
    const folder = mkdtempSync(path.join(tmpdir(), "nabla-fused-"));
    try {
      const functions = path.join(folder, "functions.ptx");
      const source = path.join(paths.nativeSource, "cuda", "fused", "functions.cu");
      execFileSync(nvcc, ["-ptx", "-rdc=true", "-std=c++20", "-O3", "-fmad=false", "-diag-suppress=186", "-arch=compute_75", "-I", paths.nativeSource, "-o", functions, source]);
      const env = { ...process.env, NABLA_PTXAS: path.join(path.dirname(nvcc), "ptxas"), NABLA_CUDA_FUNCTIONS: functions, TMPDIR: folder };
      const said = execFileSync(path.join(paths.nativeBuild, "test", "cuda_fused_test"), { encoding: "utf8", env });
      expect(said).toMatch(/assembled [12]\d\d kernels for sm_75, sm_90 and sm_120/);
      expect(said).toMatch(/ok +ptxas takes every kernel/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
