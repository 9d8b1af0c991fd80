/**
 * The driver without a card that the native build makes (native/test/cuda), by which everything from TypeScript down to a
 * kernel runs on the CPU. A card is opened once a process, so a test that wants another one runs a program of its own.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const library = path.join(root, "build", "native", "nabla_fake_cuda.so");

/**
 * The variables by which a process finds the fake card; `settings` are those of NABLA_FAKE_CUDA. With `libraries` it has fake libraries
 * beside it, else none.
 */
export function fakeCard(settings = "", libraries = false): Record<string, string> {
  if (!existsSync(library)) throw new Error(`${library} is not built; npm test builds it`);
  return {
    NABLA_CUDA_LIBRARY: library,
    NABLA_CUDA_KERNELS: path.join(root, "native", "test", "cuda", "fake_kernels.txt"),
    NABLA_FAKE_CUDA: settings,
    NABLA_CUDA_LIBRARIES: libraries ? path.join(root, "build", "native", "fake_libraries") : "none",
  };
}

/** What a program prints that has the library as `nabla`; an error that it throws is printed too. */
export function said(program: string, env: Record<string, string>): string {
  const library = JSON.stringify(pathToFileURL(path.join(root, "dist", "src", "index.js")).href);
  const text = `try { const nabla = await import(${library}); ${program} } catch (error) { console.log(error.name + ": " + error.message); }`;
  const { stdout, stderr, signal } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", text], {
    encoding: "utf8",
    env: { ...process.env, NABLA_DEVICE: "", NABLA_CUDA_MEMORY: "", ...env },
  });
  return (stdout + stderr + (signal ?? "")).trim();
}
