/**
 * Tells a launcher the ports that this kernel has found free: Jupyter enhancement proposal 66, "Kernel handshaking pattern".
 *
 * On the wire it is as xeus, whose author wrote the proposal, has it: a DEALER sends `<IDS|MSG>`, a signature and one JSON
 * object with the ports as text; the launcher answers `<IDS|MSG>`, a signature and an acknowledgement. A kernel that hears
 * nothing has no launcher and ends. Other clients find the ports in a connection file beside the launcher's.
 */
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Dealer } from "zeromq";
import { ConnectionFileError, PORTS } from "../wire/connection.ts";
import type { Connection, PortName, Registration } from "../wire/connection.ts";
import { Signer } from "../wire/signing.ts";

/** How long a launcher may take to answer. Milliseconds. */
const ANSWER_TIMEOUT = 5000;
const DELIMITER = Buffer.from("<IDS|MSG>");

/**
 * Reports the ports to the launcher.
 * @throws ConnectionFileError when the launcher does not answer in time, or without the session's key.
 */
export async function register({ key }: Connection, { ip, port, kernelId }: Registration, ports: Record<PortName, number>): Promise<void> {
  const signer = new Signer(key);
  const socket = new Dealer({ linger: 1000, receiveTimeout: ANSWER_TIMEOUT });
  socket.connect(`tcp://${ip}:${port}`);
  try {
    const texts = Object.fromEntries(PORTS.map((name) => [name, String(ports[name])]));
    const content = Buffer.from(JSON.stringify({ kernel_id: kernelId, ...texts }));
    await socket.send([DELIMITER, signer.sign([content]), content]);
    const frames = await socket.receive();
    const start = frames.findIndex((frame) => frame.equals(DELIMITER));
    const [signature, answer] = frames.slice(start + 1);
    if (start < 0 || signature === undefined || answer === undefined || !signer.verify([answer], signature)) {
      throw new ConnectionFileError("the launcher's acknowledgement is not signed with this session's key");
    }
  } catch (error) {
    if (error instanceof ConnectionFileError) throw error;
    throw new ConnectionFileError(`the launcher at ${ip}:${port} does not answer: ${(error as Error).message}`);
  } finally {
    socket.close();
  }
}

/** A connection file for other clients, as long as the kernel runs. */
export class PublishedPorts {
  readonly #path: string;

  /** @param launcherFile The file that the launcher wrote. */
  constructor(launcherFile: string, { transport, ip, key, curve, registration }: Connection, ports: Record<PortName, number>) {
    const keys = curve && { curve_publickey: curve.publicKey, curve_secretkey: curve.secretKey };
    this.#path = join(dirname(launcherFile), `kernel-${registration?.kernelId || process.pid}-ports.json`);
    writeFileSync(this.#path, JSON.stringify({ transport, ip, signature_scheme: "hmac-sha256", key, ...ports, ...keys }), { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}
