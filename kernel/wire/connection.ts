/** The connection file: where a kernel listens and the key of its session. Written by whoever starts the kernel. */
import { readFileSync } from "node:fs";

export interface Connection {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
}

/** A connection file that cannot be used; the sentence says why. */
export class ConnectionFileError extends Error {
  override readonly name = "ConnectionFileError";
}

const PORTS = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;

/**
 * Reads a connection file.
 * @throws ConnectionFileError when it is missing, cut off, or asks for what this kernel does not speak.
 */
export function readConnectionFile(path: string): Connection {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConnectionFileError(`cannot read the connection file ${path}: ${(error as Error).message}`);
  }
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new ConnectionFileError(`the connection file ${path} is not JSON: it may be cut off`);
  }
  const scheme = fields["signature_scheme"] ?? "hmac-sha256";
  if (scheme !== "hmac-sha256") {
    throw new ConnectionFileError(`the connection file ${path} asks for signature scheme ${JSON.stringify(scheme)}; only "hmac-sha256" is spoken`);
  }
  const transport = fields["transport"] ?? "tcp";
  if (transport !== "tcp" && transport !== "ipc") {
    throw new ConnectionFileError(`the connection file ${path} asks for transport ${JSON.stringify(transport)}; only "tcp" and "ipc" are spoken`);
  }
  for (const port of PORTS) {
    if (!Number.isInteger(fields[port])) throw new ConnectionFileError(`the connection file ${path} has no whole number for ${port}`);
  }
  return {
    transport,
    ip: String(fields["ip"] ?? "127.0.0.1"),
    key: String(fields["key"] ?? ""),
    shell_port: fields["shell_port"] as number,
    iopub_port: fields["iopub_port"] as number,
    stdin_port: fields["stdin_port"] as number,
    control_port: fields["control_port"] as number,
    hb_port: fields["hb_port"] as number,
  };
}

/** The address that zeromq binds for one channel. */
export function endpoint(connection: Connection, port: number): string {
  return connection.transport === "tcp" ? `tcp://${connection.ip}:${port}` : `ipc://${connection.ip}-${port}`;
}
