/**
 * The peers: other libraries that do the same work, each in a Python process of its own that PEERS_PYTHON names.
 */
import path from "node:path";
import { findProgram } from "../setup/command.mjs";
import { SetupFailure } from "../setup/failure.mjs";
import { paths } from "../setup/paths.mjs";
import { LineProcess, ProcessEnded } from "./line-process.mjs";

/** The peers by the names they have in rows and in the JSON, with the program that serves each. */
const programs = { pytorch: "pytorch_rows.py", pytorchChannelsLast: "pytorch_channels_last_rows.py", jax: "jax_rows.py" };

/** A running peer. */
export class Peer {
  #process;
  /** @param {string} name @param {string} version @param {LineProcess} process */
  constructor(name, version, process) {
    this.name = name;
    this.version = version;
    this.#process = process;
  }

  /**
   * Gets the row ready and computes its result, as the row's own `result` does.
   * @param {string} row
   * @returns {Promise<number[]>}
   */
  async prepare(row) {
    return (await this.#process.ask(JSON.stringify({ prepare: row }))).result;
  }

  /** Does the prepared row's work so many times. @param {number} times @returns {Promise<number>} seconds */
  async seconds(times) {
    return (await this.#process.ask(JSON.stringify({ times }))).seconds;
  }

  end() {
    this.#process.end();
  }
}

/**
 * Starts the peers that the Python has.
 * @param {string | undefined} python PEERS_PYTHON
 * @param {number} threads that each may use
 * @returns {Promise<{peers: Peer[], absent: {name: string, reason: string}[]}>}
 * @throws {SetupFailure} when the Python itself is not there
 */
export async function startPeers(python, threads) {
  const absent = /** @type {{name: string, reason: string}[]} */ ([]);
  const peers = /** @type {Peer[]} */ ([]);
  if (!python) {
    for (const name of Object.keys(programs)) absent.push({ name, reason: "PEERS_PYTHON names no Python" });
    return { peers, absent };
  }
  if (findProgram(python) === undefined) {
    throw new SetupFailure(`PEERS_PYTHON is ${python}, which is no program: name a Python that has torch (and jax).`);
  }
  for (const [name, program] of Object.entries(programs)) {
    const process = new LineProcess(name, python, ["-B", path.join(paths.root, "bench", "peers", program), String(threads)]);
    try {
      peers.push(new Peer(name, (await process.ask(JSON.stringify({ hello: true }))).version, process));
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
      absent.push({ name, reason: error.details.trim().split("\n").at(-1) ?? "" });
    }
  }
  return { peers, absent };
}
