/**
 * Running other programs: always an argument array and never a shell, so that a path with a space or a quote in it
 * is only a path, on every system.
 */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** The program's file on PATH (or the path itself if it names one), or undefined. */
export function findProgram(name, searchPath = process.env.PATH ?? "") {
  const isProgram = (file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  };
  if (name.includes("/") || name.includes(path.sep)) return isProgram(name) ? path.resolve(name) : undefined;
  for (const folder of searchPath.split(path.delimiter)) {
    if (folder !== "" && isProgram(path.join(folder, name))) return path.join(folder, name);
  }
  return undefined;
}

/** Runs a quick question to its end: the exit status (null if it never ran) and what it printed. */
export function ask(program, args, options = {}) {
  const answer = spawnSync(program, args, { encoding: "utf8", timeout: 60_000, ...options });
  return {
    status: answer.error ? null : answer.status,
    stdout: answer.stdout ?? "",
    stderr: answer.stderr ?? "",
  };
}

/**
 * Runs a long command; everything it prints is collected and also handed line by line to `onLine`. `onStart` gets the
 * number of its process.
 * Never rejects: a program that cannot be started has status null.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions & {onLine?: (line: string) => void, onStart?: (pid: number) => void}} [options]
 * @returns {Promise<{status: number | null, output: string}>}
 */
export function runCommand(program, args, { onLine, onStart, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    if (child.pid !== undefined) onStart?.(child.pid);
    let output = "";
    let rest = "";
    const take = (text) => {
      output += text;
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? "";
      if (onLine) for (const line of lines) onLine(line);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => resolve({ status: null, output: `${output}${error.message}\n` }));
    child.on("close", (status) => {
      if (rest !== "" && onLine) onLine(rest);
      resolve({ status, output });
    });
  });
}
