/**
 * The kernels as nvcc compiles them for cards, by the ordinary build, in a folder of its own that is removed afterwards: ptxas
 * tells of each what it compiled, and where registers did not suffice.
 */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "../../setup/command.mjs";
import { findCMake } from "../../setup/native.mjs";
import { paths } from "../../setup/paths.mjs";

/** What ptxas has said. */
export interface Compiled {
  /** The kernels it took, by kind of card: "sm_90". */
  kernels: Map<string, Set<string>>;
  /** Bytes of registers that a kernel puts into memory for want of room, the most of all kinds of card. */
  spills: Map<string, number>;
}

/** Reads ptxas's words. Several of them speak at once, so only lines that say all by themselves count. */
export function readPtxas(said: string): Compiled {
  const kernels = new Map<string, Set<string>>(), spills = new Map<string, number>();
  for (const [, kernel, kind] of said.matchAll(/Compiling entry function '(\w+)' for '(\w+)'/g)) {
    kernels.set(kind!, (kernels.get(kind!) ?? new Set()).add(kernel!));
  }
  for (const [, kernel, bytes] of said.matchAll(/spilled to local memory in function '(\w+)', (\d+) bytes spill stores/g)) {
    spills.set(kernel!, Math.max(Number(bytes), spills.get(kernel!) ?? 0));
  }
  return { kernels, spills };
}

/**
 * Compiles every kernel for some kinds of cards, and PTX for later ones.
 * @param architectures compute capabilities as CMake takes them: "75;90"
 * @throws Error with what nvcc said when it refuses one.
 */
export async function compileForCards(architectures: string): Promise<Compiled> {
  const nvcc = process.env["NABLA_NVCC"];
  if (nvcc === undefined) throw new Error("NABLA_NVCC does not name nvcc; `npm test -- native` finds one");
  const folder = mkdtempSync(path.join(tmpdir(), "nabla-cuda-"));
  try {
    const steps = [
      ["-S", paths.nativeSource, "-B", folder, `-DNABLA_NVCC=${nvcc}`, `-DNABLA_CUDA_ARCHITECTURES=${architectures}`, "-DNABLA_INSTRUCTION_SETS="],
      ["--build", folder, "--parallel", String(availableParallelism()), "--target", "nabla_cuda_images"],
    ];
    let all = "";
    for (const step of steps) {
      const { status, output } = await runCommand(findCMake()!, step, { env: { ...process.env, NVCC_APPEND_FLAGS: "-Xptxas=-v,-warn-spills" } });
      if (status !== 0) throw new Error(output.slice(-6000));
      all += output;
    }
    return readPtxas(all);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Networks compute in float32: what its kernels spill costs every step. */
export function hotSpills({ spills }: Compiled): [string, number][] {
  return [...spills].filter(([kernel]) => !/_(f64|i32|u8)$/.test(kernel));
}
