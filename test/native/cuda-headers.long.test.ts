/**
 * What we have declared of NVIDIA's interfaces has the values, the sizes and the parameters of NVIDIA's own headers. These come with
 * libraries of hundreds of megabytes, so they are fetched into a folder that is removed afterwards, and this is a long test.
 */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../setup/command.mjs";
import { paths } from "../../setup/paths.mjs";
import { venvProgram } from "../../setup/python.mjs";

const packages = ["nvidia-cublas==13.10.0.20", "nvidia-cuda-runtime==13.0.96", "nvidia-cuda-crt==13.0.88", "nvidia-cuda-cccl==13.0.85", "nvidia-cudnn-cu13==9.28.0.42"];

/** Unpacks the headers of wheels alone. */
const unpack = `
import glob, sys, zipfile
for wheel in glob.glob(sys.argv[1] + "/*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(sys.argv[1], [name for name in archive.namelist() if "/include/" in name])
`;

async function run(program: string, words: string[]): Promise<{ status: number | null; output: string }> {
  return await runCommand(program, words, { cwd: paths.root });
}

if (process.platform === "linux") {
  test("our declarations are those of NVIDIA's headers", { timeout: 900_000 }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "nabla-headers-"));
    try {
      const python = venvProgram("python");
      for (const words of [["-m", "pip", "download", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--only-binary", ":all:", "-d", folder, ...packages], ["-c", unpack, folder]]) {
        const { status, output } = await run(python, words);
        expect(status, output).toBe(0);
      }
      const headers = path.join(folder, "nvidia", "cu13", "include");
      const compile = (change: string[]): Promise<{ status: number | null; output: string }> =>
        run(process.env["CXX"] ?? "c++", ["-std=c++20", "-fsyntax-only", "-I", paths.nativeSource, "-isystem", headers, "-isystem", path.join(folder, "nvidia", "cudnn", "include"), ...change, path.join(paths.nativeSource, "test", "cuda", "nvidia_headers.cpp")]);
      const { status, output } = await compile([]);
      expect(status, output).toBe(0);
      expect((await compile(["-DNABLA_WRONG_BY=1"])).output).toContain("static assertion failed: CUDA_R_32F");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
} else {
  test("other systems have no driver of NVIDIA's", () => expect(process.env["NABLA_NVCC"]).toBeUndefined());
}
