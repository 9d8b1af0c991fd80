/**
 * The four things a machine must bring: a system that can run the native code, Node, a C++20 compiler, and python3
 * with venv. Each that is missing is one sentence with the command that cures it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ask, findProgram } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";

const minimumNode = [20, 12];
const minimumPython = [3, 10];

/** The installing command that fits this system, for the sentences below. */
function installing({ debian, mac, other }) {
  if (process.platform === "darwin") return mac;
  return findProgram("apt-get") ? debian : other;
}

/** Native Windows has no POSIX threads, signals or pipes as the kernel uses them; WSL2 has. */
export function requireSystem(platform = process.platform) {
  if (platform === "win32") {
    throw new SetupFailure(
      "Nabla runs on Linux and macOS, and on Windows inside WSL2: run `wsl --install` once, then clone and start Nabla in the Linux terminal that it opens.",
    );
  }
}

export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major < minimumNode[0] || (major === minimumNode[0] && minor < minimumNode[1])) {
    throw new SetupFailure(
      `Node ${version} is too old, Nabla needs ${minimumNode.join(".")} or newer: run \`nvm install 22\` (or take it from nodejs.org) and start again.`,
    );
  }
}

/**
 * A compiler that really compiles C++20: CXX if it is set, else c++, g++, clang++ from PATH.
 * A version number alone proves nothing (standard library missing, Xcode licence not accepted), so a small program is tried.
 */
export function requireCompiler() {
  const cure = installing({
    debian: "run `sudo apt-get install g++`",
    mac: "run `xcode-select --install`",
    other: "install GCC 11 or Clang 14 (or newer) with your system's package manager",
  });
  const candidates = process.env.CXX ? [process.env.CXX] : ["c++", "g++", "clang++"];
  const found = candidates.map((name) => findProgram(name)).filter((file) => file !== undefined);
  if (found.length === 0) {
    throw new SetupFailure(`No C++ compiler was found (looked for ${candidates.join(", ")}): ${cure}.`);
  }
  const folder = mkdtempSync(path.join(tmpdir(), "nabla-compiler-"));
  try {
    const source = path.join(folder, "probe.cpp");
    writeFileSync(source, "#include <concepts>\n#include <span>\ntemplate <std::integral T> T f(std::span<T> s) { return s[0]; }\nint main() { int a[1] = {0}; return f<int>(a); }\n");
    for (const compiler of found) {
      if (ask(compiler, ["-std=c++20", "-fsyntax-only", source]).status === 0) {
        return { compiler, version: ask(compiler, ["--version"]).stdout.split("\n")[0] };
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  throw new SetupFailure(`${found[0]} cannot compile C++20: ${cure}.`);
}

/** python3 with the modules that `python3 -m venv` needs (Debian ships Python without them). */
export function requirePython() {
  const cure = installing({
    debian: "run `sudo apt-get install python3 python3-venv`",
    mac: "run `brew install python`",
    other: "install Python 3 and its venv module with your system's package manager",
  });
  const python = findProgram("python3");
  if (python === undefined) throw new SetupFailure(`No python3 was found, and JupyterLab needs one: ${cure}.`);
  const probe = "import sys; print('%d.%d' % sys.version_info[:2]); import venv, ensurepip; print('venv')";
  const { status, stdout } = ask(python, ["-c", probe]);
  const [version = "", venv] = stdout.split("\n");
  if (version === "") throw new SetupFailure(`${python} does not run, and JupyterLab needs it: ${cure}.`);
  const [major, minor] = version.split(".").map(Number);
  if (major < minimumPython[0] || (major === minimumPython[0] && minor < minimumPython[1])) {
    throw new SetupFailure(
      `${python} is Python ${version}, and JupyterLab needs ${minimumPython.join(".")} or newer: install a newer python3 and put it first on PATH.`,
    );
  }
  if (status !== 0 || venv !== "venv") {
    throw new SetupFailure(`${python} has no venv module, which the private environment for JupyterLab is made with: ${cure}.`);
  }
  return python;
}
