/**
 * The connection file: where a kernel listens and the key of its session. Written by whoever starts the kernel.
 *
 * A launcher that follows Jupyter enhancement proposal 66 names no ports but one of its own, at which the kernel reports the
 * ports that it found free: such a file has a `registration_port`.
 */
import { readFileSync } from "node:fs";

/** A pair of CurveZMQ keys in the Z85 encoding. Clients use the same pair, as jupyter_client does. */
export interface CurveKeys {
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Where a launcher waits to be told the ports. */
export interface Registration {
  readonly ip: string;
  readonly port: number;
  /** What the launcher calls the kernel. */
  readonly kernelId: string;
}

/** A port of 0 is the kernel's to choose. */
export interface Connection {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  /** Not there when the session is not encrypted. */
  readonly curve?: CurveKeys;
  /** Not there when the launcher has chosen the ports. */
  readonly registration?: Registration;
}

/** A connection file that cannot be used; the sentence says why. */
export class ConnectionFileError extends Error {
  override readonly name = "ConnectionFileError";
}

/** The names of the five ports. */
export const PORTS = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;
export type PortName = (typeof PORTS)[number];

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
  const ip = String(fields["ip"] ?? "127.0.0.1");
  const registers = "registration_port" in fields;
  if (registers && transport !== "tcp") throw new ConnectionFileError(`the connection file ${path} asks for registration over ${transport}; only "tcp" has ports to choose`);
  const port = (name: string): number => {
    if (!Number.isInteger(fields[name])) throw new ConnectionFileError(`the connection file ${path} has no whole number for ${name}`);
    return fields[name] as number;
  };
  const ports = Object.fromEntries(PORTS.map((name) => [name, registers ? 0 : port(name)])) as Record<PortName, number>;
  const curve = readKeys(fields, path);
  return {
    transport,
    ip,
    key: String(fields["key"] ?? ""),
    ...ports,
    ...(curve && { curve }),
    ...(registers && { registration: { ip: String(fields["registration_ip"] ?? ip), port: port("registration_port"), kernelId: String(fields["kernel_id"] ?? "") } }),
  };
}

function readKeys(fields: Record<string, unknown>, path: string): CurveKeys | undefined {
  const [publicKey, secretKey] = [fields["curve_publickey"], fields["curve_secretkey"]];
  if (publicKey === undefined && secretKey === undefined) return undefined;
  // Without its keys a kernel that was to be encrypted must not run in the clear.
  const isKey = (key: unknown): key is string => typeof key === "string" && key.length === 40;
  if (!isKey(publicKey) || !isKey(secretKey)) throw new ConnectionFileError(`the connection file ${path} needs curve_publickey and curve_secretkey, each of 40 characters`);
  return { publicKey, secretKey };
}

/** The address that zeromq binds for one channel; with a port of 0, any that is free. */
export function endpoint(connection: Connection, port: number): string {
  return connection.transport === "tcp" ? `tcp://${connection.ip}:${port === 0 ? "*" : port}` : `ipc://${connection.ip}-${port}`;
}
