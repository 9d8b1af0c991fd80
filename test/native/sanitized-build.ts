/**
 * A build of the native half under a sanitizer, in a folder of its own that is removed afterwards.
 */
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "../../setup/command.mjs";
import { findCMake, findCTest } from "../../setup/native.mjs";
import { paths } from "../../setup/paths.mjs";

/** What is built, and what looks over its shoulder. */
export interface SanitizedBuild {
  /** As gcc names them: `address,undefined` or `thread`. */
  sanitizers: string;
  /** Sets compiled beside the portable one. */
  instructionSets: string;
  /** CMake targets; all when not given. */
  targets?: readonly string[];
  /** The addon too. */
  addon?: boolean;
}

/** How a program ended, and everything it said. */
export interface Outcome {
  status: number | null;
  said: string;
}

async function run(program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { status, output } = await runCommand(program, [...words], { cwd: paths.root, env: { ...process.env, ...env } });
  return { status, said: output };
}

/** The compiler of the ordinary build, so that both see the same code. */
function compiler(): string {
  const cache = readFileSync(path.join(paths.nativeBuild, "CMakeCache.txt"), "utf8");
  return /^CMAKE_CXX_COMPILER:\w+=(.*)$/m.exec(cache)![1]!;
}

/**
 * Builds, and hands the folder to `use`.
 * @throws Error with what the compiler said when the build fails.
 */
export async function withSanitizedBuild<T>(build: SanitizedBuild, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "nabla-sanitized-"));
  const cmake = findCMake()!;
  try {
    const headers = build.addon === true ? [
      `-DNODE_API_HEADERS_DIR=${path.join(paths.nodeModules, "node-api-headers", "include")}`,
      `-DNODE_ADDON_API_DIR=${path.join(paths.nodeModules, "node-addon-api")}`,
    ] : [];
    const steps = [
      ["-S", paths.nativeSource, "-B", folder, "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1", `-DCMAKE_CXX_COMPILER=${compiler()}`,
        "-DNABLA_NATIVE_TESTS=ON", `-DNABLA_SANITIZE=${build.sanitizers}`, `-DNABLA_INSTRUCTION_SETS=${build.instructionSets}`, ...headers],
      ["--build", folder, "--parallel", "2", ...(build.targets === undefined ? [] : ["--target", ...build.targets])],
    ];
    for (const step of steps) {
      const { status, said } = await run(cmake, step);
      if (status !== 0) throw new Error(said.slice(-4000));
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the C++ tests of a build, those whose name a pattern matches. */
export function runCppTests(folder: string, pattern = "_test$"): Promise<Outcome> {
  return run(findCTest()!, ["--test-dir", folder, "--output-on-failure", "--no-tests=error", "-R", pattern], {
    UBSAN_OPTIONS: "print_stacktrace=1",
  });
}

/** Runs the library's own tests on the addon of a build. */
export async function runLibraryTests(folder: string, places: readonly string[]): Promise<Outcome> {
  const found = await Promise.all(["libasan.so", "libubsan.so"].map((name) => run(compiler(), [`-print-file-name=${name}`])));
  // What takes a second takes half a minute here, and a busy machine takes its share on top: only a hang is to fail by its time.
  const patience = String(15 * 60_000);
  const vitest = [path.join(paths.nodeModules, "vitest", "vitest.mjs"), "run", `--testTimeout=${patience}`, `--hookTimeout=${patience}`];
  // A test that computes for a minute does not answer vitest in time, which is no error of its own: see `straysOf`.
  return run(process.execPath, [...vitest, "--dangerouslyIgnoreUnhandledErrors", ...places], {
    NO_COLOR: "1",
    NABLA_ADDON: path.join(folder, "nabla.node"),
    LD_PRELOAD: found.map(({ said }) => said.trim()).join(" "),
    // Node itself leaves memory to the end of the process.
    ASAN_OPTIONS: "detect_leaks=0",
    UBSAN_OPTIONS: "print_stacktrace=1",
  });
}

/** The errors that vitest found outside of tests, but for its own impatience with a worker that computes for a minute. */
export function straysOf(said: string): string[] {
  const headings = [...said.matchAll(/Unhandled (?:Error|Rejection) ⎯+\n(.*)/g)].map(([, heading]) => heading!);
  return headings.filter((heading) => heading !== 'Error: [vitest-worker]: Timeout calling "onTaskUpdate"');
}
