/**
 * What `npm run bench -- cuda` does around its measurements: it builds kernels for the card, or says that there is none, starts
 * the peers, and proposes where the figures are kept.
 */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { ask } from "../../setup/command.mjs";
import { capabilitiesOf, findCards, prepareNvcc } from "../../setup/cuda.mjs";
import { SetupFailure } from "../../setup/failure.mjs";
import { alone } from "../../setup/lock.mjs";
import { prepareNative } from "../../setup/native.mjs";
import { preparePackages } from "../../setup/packages.mjs";
import { paths, shown } from "../../setup/paths.mjs";
import { requireCompiler, requireNode, requirePython, requireSystem } from "../../setup/toolchain.mjs";
import { prepareTypeScript } from "../../setup/typescript.mjs";
import { startPeers } from "../peers.mjs";

/** Where figures are kept that are to be quoted. */
export const resultsFolder = "bench/results";

/**
 * The name of a file of figures: the day, and the card.
 * @param {Date} date
 * @param {string} card its name
 */
export function resultsName(date, card) {
  const words = card.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return `${date.toISOString().slice(0, 10)}-${words}.json`;
}

/**
 * The file that `--json` means: itself, or in a folder the one with the proposed name.
 * @param {string | undefined} asked
 * @param {string} proposed
 */
export function resultsFile(asked, proposed) {
  if (asked === undefined || asked.endsWith(".json")) return asked;
  mkdirSync(asked, { recursive: true });
  return path.join(asked, proposed);
}

/** Prints where a Python's packages have cuBLASLt and cuDNN, if they do. */
const whereItsLibrariesAre = `
import glob, importlib.util
spec = importlib.util.find_spec("nvidia")
for place in spec.submodule_search_locations if spec else []:
    folders = sorted(glob.glob(place + "/*/lib"))
    print(":".join(each for each in folders if glob.glob(each + "/libcublasLt.so.*") or glob.glob(each + "/libcudnn.so.*")))
`;

/**
 * The folders of NVIDIA's libraries that PyTorch computes with, so that a comparison is not one of two versions of them.
 * @param {string | undefined} python PEERS_PYTHON
 * @returns {string | undefined} as NABLA_CUDA_LIBRARIES has them
 */
export function librariesOf(python) {
  return python ? ask(python, ["-c", whereItsLibrariesAre]).stdout.split("\n").find((line) => line !== "") : undefined;
}

/**
 * @param {boolean} built whether what is built is measured, without a look at whether it is current: on a machine that cannot build
 * @throws {SetupFailure} where there is no card
 */
async function prepare(built) {
  requireSystem();
  requireNode();
  const cards = findCards();
  if (cards.length === 0) throw new SetupFailure("There is no NVIDIA card here (nvidia-smi lists none), so nothing was measured.");
  if (built) {
    const lacking = [paths.addon, path.join(paths.dist, "src", "index.js")].find((file) => !existsSync(file));
    if (lacking !== undefined) throw new SetupFailure(`${shown(lacking)} is not there: \`npm run pack -- --cuda\` on another machine makes a tarball that has it.`);
    return;
  }
  const compiler = requireCompiler();
  requirePython();
  await alone(async () => {
    await preparePackages();
    await prepareTypeScript();
    const nvcc = await prepareNvcc();
    await prepareNative(compiler, { kernels: { nvcc, capabilities: capabilitiesOf(cards) } });
  });
}

/**
 * @param {readonly import("../rows/row.mjs").Row[]} chosen
 * @param {{built: boolean, json: string | undefined}} how `json`: where the figures go
 */
export async function benchCuda(chosen, { built, json }) {
  await prepare(built);
  // nvidia-smi's order: its first card is the one that is computed on.
  process.env.CUDA_DEVICE_ORDER ??= "PCI_BUS_ID";
  const { Card, clocks, description } = await import("./card.mjs");
  const { benchCard, peerPrograms } = await import("./run.mjs");
  const about = description();
  const proposed = resultsName(new Date(), about.name);
  if (json === undefined) console.error(`These figures will not be kept; \`--json ${resultsFolder}\` keeps them there as ${proposed}.`);
  // Nabla and two peers share the card.
  process.env.NABLA_CUDA_MEMORY ??= `${Math.floor(about.memoryMiB / 3)}MiB`;
  const libraries = librariesOf(process.env.PEERS_PYTHON);
  if (libraries !== undefined) process.env.NABLA_CUDA_LIBRARIES ??= libraries;
  const nabla = await import("../../dist/src/index.js");
  const started = await startPeers(process.env.PEERS_PYTHON, peerPrograms);
  try {
    const result = await benchCard(chosen, { nabla, card: new Card(nabla), description: about, clocks, started });
    return { ...result, file: resultsFile(json, proposed) };
  } finally {
    for (const peer of started.peers) peer.end();
  }
}
