/**
 * A real JupyterLab as a learner gets it: `npm start` without its browser, on a free port, with the learner's folder
 * and Jupyter's own files (settings, workspaces, signatures) in a fresh place, so every notebook in it is untrusted.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { paths } from "../../setup/paths.mjs";

export interface LabServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** The learner's folder, which is the server's root. */
  readonly work: string;
  /** The person's home, empty at the start. */
  readonly home: string;
  /** Everything the server has printed so far. */
  log(): string;
  /** Ends the server and its kernels, and removes its fresh place unless it was given one. */
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

async function answers(url: string, token: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/status?token=${token}`)).ok;
  } catch {
    return false;
  }
}

export interface LabOptions {
  /** A fresh place that outlives the server, for a person who comes back; removed by whoever made it. */
  readonly place?: string;
  /** What clients that are no browser say to be let in. */
  readonly token?: string;
  /** More of the environment that `npm start` runs in. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Starts the server and waits until it answers.
 * @throws Error with everything it printed, if it ends or does not answer within two minutes
 */
export async function startLab(options: LabOptions = {}): Promise<LabServer> {
  const place = options.place ?? mkdtempSync(path.join(tmpdir(), "nabla-lab-"));
  const work = path.join(place, "work");
  const home = path.join(place, "home");
  mkdirSync(home, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [path.join(paths.root, "setup", "start.mjs"), "--no-browser", "--port", String(port),
    "--ServerApp.port_retries=0", "--ip=127.0.0.1", `--IdentityProvider.token=${options.token ?? ""}`, "--expose-app-in-browser", "--work", work], {
    env: { ...process.env, HOME: home, NABLA_JUPYTER_FILES: path.join(place, "jupyter"), ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));

  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended(child);
    clearTimeout(killer);
    if (options.place === undefined) rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const deadline = Date.now() + 120_000;
  while (!(await answers(url, options.token ?? ""))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`JupyterLab did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, work, home, log: () => output, stop };
}
