/**
 * The native build: the C++ core, its tests and the Node addon, by CMake, when their contents have changed.
 * CMake comes from PATH, or from PyPI into the private Python environment where the machine has none.
 */
import { availableParallelism, cpus } from "node:os";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ask, findProgram } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { paths, shown } from "./paths.mjs";
import { programStep } from "./progress.mjs";
import { installIntoVenv, venvProgram } from "./python.mjs";
import { filesUnder, fingerprint, isStamped, writeStamp } from "./stamp.mjs";

const minimumCMake = [3, 20];
const pinnedCMake = "cmake==3.31.6";

/** The compute capabilities that a build for other machines has machine code for; later cards compile its PTX. */
export const everyCapability = ["75", "80", "90", "120"];

function isNewEnough(cmake) {
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(ask(cmake, ["--version"]).stdout) ?? [];
  return Number(major) > minimumCMake[0] || (Number(major) === minimumCMake[0] && Number(minor) >= minimumCMake[1]);
}

/** CMake's file, or undefined where neither the machine nor the private environment has one that is new enough. */
export function findCMake() {
  return [venvProgram("cmake"), findProgram("cmake")].find((file) => file && existsSync(file) && isNewEnough(file));
}

/** CTest, which every CMake brings beside itself. */
export function findCTest() {
  const cmake = findCMake();
  const beside = cmake && path.join(path.dirname(cmake), "ctest");
  return beside && existsSync(beside) ? beside : findProgram("ctest");
}

/**
 * The sets of kernels that are compiled beside the portable ones: for tests and for other machines all of them, else the
 * best that this processor has, which takes a third off the first build. Where the processor cannot be asked, all.
 */
export function instructionSets(everywhere, cpuinfo = readableText("/proc/cpuinfo")) {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1].trim().split(/\s+/));
  if (everywhere || flags.size === 0) return "avx2;avx512";
  if (["avx512f", "avx512bw", "avx512dq", "avx512vl"].every((flag) => flags.has(flag))) return "avx512";
  return flags.has("avx2") && flags.has("fma") ? "avx2" : "";
}

const readableText = (file) => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** A build folder remembers the place it was configured for; after the checkout was moved it must be configured afresh. */
function configuredElsewhere() {
  const cache = path.join(paths.nativeBuild, "CMakeCache.txt");
  if (!existsSync(cache)) return false;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cache, "utf8"))?.[1];
  return home !== undefined && path.resolve(home) !== paths.nativeSource;
}

/**
 * @param compiler what requireCompiler() found
 * @param tests whether the C++ tests and benchmarks are built too
 * @param everywhere whether it is to be fast on other machines too
 * @param kernels nvcc and the cards' capabilities (all when not given), where the build is to have CUDA kernels
 */
export async function prepareNative({ compiler, version }, { tests = false, everywhere = tests, kernels } = {}) {
  const headers = path.join(paths.nodeModules, "node-api-headers");
  const wrapper = path.join(paths.nodeModules, "node-addon-api");
  const cuda = kernels === undefined ? [] : [`-DNABLA_NVCC=${kernels.nvcc}`, `-DNABLA_CUDA_ARCHITECTURES=${(kernels.capabilities ?? everyCapability).join(";")}`];
  const print = fingerprint(
    [...filesUnder(paths.nativeSource), path.join(headers, "package.json"), path.join(wrapper, "package.json")],
    [compiler, version, process.arch, ...cuda],
  );
  // A build holds what the ones before it in this list hold.
  const stamps = [".built", ...(everywhere ? [".built-everywhere"] : []), ...(tests ? [".built-with-tests"] : [])].map((name) => path.join(paths.nativeBuild, name));
  if (isStamped(stamps.at(-1), print) && existsSync(paths.addon)) return;

  if (findCMake() === undefined) await installIntoVenv("CMake", [pinnedCMake]);
  const cmake = findCMake();
  if (cmake === undefined) throw new SetupFailure("CMake was installed but does not run: run `pip install cmake` or take it from your system's packages.");

  const configure = ["-S", paths.nativeSource, "-B", paths.nativeBuild, "-DCMAKE_BUILD_TYPE=Release",
    `-DCMAKE_CXX_COMPILER=${compiler}`,
    `-DNABLA_NATIVE_TESTS=${tests ? "ON" : "OFF"}`, `-DNABLA_INSTRUCTION_SETS=${instructionSets(everywhere)}`,
    `-DNODE_API_HEADERS_DIR=${path.join(headers, "include")}`, `-DNODE_ADDON_API_DIR=${wrapper}`,
    ...(cuda.length === 0 ? ["-DNABLA_NVCC=OFF"] : cuda)];
  if (configuredElsewhere()) configure.push("--fresh");
  await programStep("Configuring the native build", cmake, configure, {
    cwd: paths.root,
    ifItFails: "CMake could not configure the native build",
  });
  const jobs = availableParallelism?.() ?? cpus().length;
  await programStep("Building native code", cmake, ["--build", paths.nativeBuild, "--parallel", String(jobs)], {
    cwd: paths.root,
    ifItFails: "The native build failed",
  });
  if (!existsSync(paths.addon)) {
    throw new SetupFailure(`The native build ended without ${shown(paths.addon)}: run \`npm run setup\` again, and report it if it stays so.`);
  }
  for (const stamp of stamps) writeStamp(stamp, print);
}
