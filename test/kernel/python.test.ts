/** The tests that are written in Python: Jupyter's own conformance suite, and dialogues with jupyter_client. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = process.env["NABLA_PYTHON"] ?? `${root}.venv/bin/python`;

async function runPytest(file: string): Promise<string> {
  const options = { cwd: root, env: { ...process.env, NABLA_NODE: process.execPath } };
  const args = ["-m", "pytest", "-q", "-p", "no:cacheprovider", `test/kernel/python/${file}`];
  try {
    return (await promisify(execFile)(python, args, options)).stdout;
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    throw new Error(`${message}\n${stdout ?? ""}\n${stderr ?? ""}`);
  }
}

test("Jupyter's conformance suite passes, nothing left out", { timeout: 120_000 }, async () => {
  expect(await runPytest("test_conformance.py")).toMatch(/^13 passed, [^,]*subtests passed in\b/m);
});

test("jupyter_client runs, interrupts, asks, encrypts and restarts", { timeout: 120_000 }, async () => {
  expect(await runPytest("test_client.py")).toMatch(/^13 passed in\b/m);
});
