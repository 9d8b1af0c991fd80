/**
 * The npm packages, at the versions of package-lock.json. They are compared entry by entry with the record that npm
 * keeps of what it installed, so nothing is fetched when nothing has changed (and nothing at all without a network).
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { findProgram } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { paths } from "./paths.mjs";
import { programStep } from "./progress.mjs";

const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

/**
 * Names of the packages that package-lock.json asks for and node_modules does not have at that version. Optional ones do
 * not count: npm alone knows which of them it leaves out on this system and Node.
 */
export function missingPackages(lockFile = paths.packageLock, nodeModules = paths.nodeModules) {
  const wanted = readJson(lockFile).packages;
  const recordFile = path.join(nodeModules, ".package-lock.json");
  const present = existsSync(recordFile) ? readJson(recordFile).packages : {};
  return Object.entries(wanted)
    .filter(([place, entry]) => place !== "" && !entry.link && !entry.optional)
    .filter(([place, entry]) => present[place]?.version !== entry.version)
    .map(([place]) => place);
}

/**
 * npm as a program and its first arguments: the npm that started us, or the one on PATH.
 * @returns {[string, string[]]}
 */
export function npmCommand() {
  const started = process.env.npm_execpath;
  if (started && /npm-cli\.[cm]?js$/.test(started) && existsSync(started)) return [process.execPath, [started]];
  const npm = findProgram("npm");
  if (npm === undefined) {
    throw new SetupFailure("Node is here but its npm is not on PATH: install npm (`sudo apt-get install npm`, or reinstall Node from nodejs.org) and start again.");
  }
  return [npm, []];
}

export async function preparePackages() {
  if (missingPackages().length === 0) return;
  const [program, first] = npmCommand();
  await programStep("Installing npm packages", program, [...first, "ci", "--no-audit", "--no-fund", "--cache", paths.npmCache], {
    cwd: paths.root,
    ifItFails: "npm could not install the packages of package-lock.json: connect to the network and run `npm run setup` again",
  });
  rmSync(paths.npmCache, { recursive: true, force: true });
}
