/**
 * NVIDIA's half of the set-up: the cards that a machine has, and nvcc, which compiles the kernels for them. Both are asked
 * for only where they are wanted; a machine without a card needs neither to run, and its build has no kernels.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { ask, findProgram } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { paths } from "./paths.mjs";
import { installIntoVenv } from "./python.mjs";

const requirements = path.join(paths.root, "setup", "nvcc.txt");

const pinnedSanitizer = "nvidia-cuda-sanitizer-api==13.0.85";

/** The oldest nvcc that reads C++20. */
const minimumNvcc = 12;

/** Where NVIDIA's installers put programs that they leave off PATH. */
const usualPlaces = ["/usr/local/cuda/bin", "/usr/local/nvidia/bin"];

function findOfNvidia(name) {
  return findProgram(name) ?? usualPlaces.map((folder) => findProgram(path.join(folder, name))).find((file) => file !== undefined);
}

/**
 * The cards of this machine, as their driver's own program lists them.
 * @returns {{name: string, capability: string, driver: string}[]} capability "90" is compute capability 9.0
 */
export function findCards(lists = listOfCards()) {
  return lists.split("\n").flatMap((line) => {
    const [, name, major, minor, driver] = /^(.+?), *(\d+)\.(\d+), *([\d.]+)$/.exec(line.trim()) ?? [];
    return name === undefined ? [] : [{ name, capability: `${major}${minor}`, driver }];
  });
}

function listOfCards(fields = ["name", "compute_cap", "driver_version"], options = ["--format=csv,noheader"]) {
  const program = findOfNvidia("nvidia-smi");
  if (program === undefined) return "";
  const { status, stdout } = ask(program, [`--query-gpu=${fields.join(",")}`, ...options]);
  return status === 0 ? stdout : "";
}

/**
 * What nvidia-smi knows of the card that a process computes on, which is the first one that CUDA_VISIBLE_DEVICES leaves.
 * @param {readonly string[]} fields as `nvidia-smi --help-query-gpu` names them, e.g. "clocks.sm"
 * @returns {string[]} their values without units; an empty list where it does not answer
 */
export function queryCard(fields) {
  const [first = "0"] = (process.env.CUDA_VISIBLE_DEVICES ?? "").split(",").filter(Boolean);
  const line = listOfCards(fields, ["--format=csv,noheader,nounits", "-i", first]).trim().split("\n")[0] ?? "";
  return line === "" ? [] : line.split(",").map((value) => value.trim());
}

/** A program of a package of NVIDIA's in the private environment: `bin/nvcc`. */
function ofVenv(program) {
  const libraries = path.join(paths.venv, "lib");
  if (!existsSync(libraries)) return undefined;
  return readdirSync(libraries)
    .map((python) => path.join(libraries, python, "site-packages", "nvidia", "cu13", program))
    .find((file) => findProgram(file) !== undefined);
}

/** "13.0" of what `nvcc --version` prints. */
export function nvccVersion(nvcc) {
  return /release (\d+\.\d+)/.exec(ask(nvcc, ["--version"]).stdout)?.[1];
}

/** nvcc's file, or undefined where neither the machine nor the private environment has one that is new enough. */
export function findNvcc() {
  return [findOfNvidia("nvcc"), ofVenv("bin/nvcc")].find((file) => file !== undefined && Number.parseInt(nvccVersion(file) ?? "", 10) >= minimumNvcc);
}

/** The machine's nvcc, or the pinned one from PyPI, which Linux alone has. */
export async function prepareNvcc() {
  if (findNvcc() === undefined) await installIntoVenv("NVIDIA's compiler", ["-r", requirements]);
  const nvcc = findNvcc();
  if (nvcc === undefined) throw new SetupFailure("nvcc was installed from PyPI but does not run: install the CUDA toolkit (developer.nvidia.com/cuda-downloads) and put its nvcc on PATH.");
  return nvcc;
}

/** compute-sanitizer: the CUDA toolkit's, or the pinned one from PyPI. */
export async function prepareSanitizer() {
  const find = () => findOfNvidia("compute-sanitizer") ?? ofVenv("bin/compute-sanitizer");
  if (find() === undefined) await installIntoVenv("NVIDIA's sanitizer", [pinnedSanitizer]);
  const sanitizer = find();
  if (sanitizer === undefined) throw new SetupFailure("compute-sanitizer was installed from PyPI but has no program: install the CUDA toolkit, which brings one.");
  return sanitizer;
}

/** The kinds of cards among these, the oldest first. @param {readonly {capability: string}[]} cards */
export function capabilitiesOf(cards) {
  return [...new Set(cards.map(({ capability }) => capability))].sort((a, b) => Number(a) - Number(b));
}

/**
 * What the native build is told of kernels for this machine's cards: nothing where it has none. Where nvcc cannot be had,
 * it says so and goes on: tensors on the CPU need none.
 * @returns {Promise<{nvcc: string, capabilities: string[]} | undefined>}
 */
export async function kernelsForCards(cards = findCards()) {
  if (cards.length === 0) return undefined;
  try {
    return { nvcc: await prepareNvcc(), capabilities: capabilitiesOf(cards) };
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    console.log(`This build will have no kernels for the ${cards[0].name}: ${error.message}`);
    return undefined;
  }
}
