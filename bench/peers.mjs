/**
 * The peers: other libraries that do the same work, each in a Python process of its own that PEERS_PYTHON names.
 */
import path from "node:path";
import { findProgram } from "../setup/command.mjs";
import { SetupFailure } from "../setup/failure.mjs";
import { paths } from "../setup/paths.mjs";
import { LineProcess, ProcessEnded } from "./line-process.mjs";

/** A peer could not do a row. */
export class PeerFailure extends Error {
  /** @param {string} peer @param {string} details */
  constructor(peer, details) {
    super(`${peer} could not do it: ${details.trim().split("\n")[0]}`);
    this.name = "PeerFailure";
  }
}

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
   * @param {object} [sizes] of a row that can be of several
   * @returns {Promise<number[]>}
   * @throws {PeerFailure} when it cannot
   */
  async prepare(row, sizes) {
    return (await this.#ask({ prepare: row, sizes })).result;
  }

  /** Does the prepared row's work so many times. @param {number} times @returns {Promise<number>} seconds */
  async seconds(times) {
    return (await this.#ask({ times })).seconds;
  }

  /** @param {object} question @returns {Promise<any>} @throws {PeerFailure} */
  async #ask(question) {
    const answer = await this.#process.ask(JSON.stringify(question));
    if (answer.failure !== undefined) throw new PeerFailure(this.name, answer.failure);
    return answer;
  }

  end() {
    this.#process.end();
  }
}

/**
 * Starts the peers that the Python has.
 * @param {string | undefined} python PEERS_PYTHON
 * @param {Readonly<Record<string, readonly string[]>>} programs a program of bench/peers and its arguments for each, by the names
 *   that the peers have in rows and in the JSON
 * @returns {Promise<{peers: Peer[], absent: {name: string, reason: string}[]}>}
 * @throws {SetupFailure} when the Python itself is not there
 */
export async function startPeers(python, programs) {
  const absent = /** @type {{name: string, reason: string}[]} */ ([]);
  const peers = /** @type {Peer[]} */ ([]);
  if (!python) {
    for (const name of Object.keys(programs)) absent.push({ name, reason: "PEERS_PYTHON names no Python" });
    return { peers, absent };
  }
  if (findProgram(python) === undefined) {
    throw new SetupFailure(`PEERS_PYTHON is ${python}, which is no program: name a Python that has torch.`);
  }
  for (const [name, [program, ...args]] of Object.entries(programs)) {
    const process = new LineProcess(name, python, ["-B", path.join(paths.root, "bench", "peers", program), ...args]);
    try {
      peers.push(new Peer(name, (await process.ask(JSON.stringify({ hello: true }))).version, process));
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
      absent.push({ name, reason: error.details.trim().split("\n").at(-1) ?? "" });
    }
  }
  return { peers, absent };
}
