/**
 * The other Node versions that `npm run test:long` runs the library and the kernel on. They come from npm, as the
 * package that holds the one program for this system.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { npmCommand } from "./packages.mjs";
import { paths } from "./paths.mjs";
import { programStep } from "./progress.mjs";

const pinned = { 22: "22.23.3", 24: "24.21.0" };

/** @returns `[{version, node}]`: the pinned versions of another major than the running Node */
export async function prepareOtherNodes() {
  const running = process.versions.node.split(".")[0];
  const found = [];
  for (const [major, version] of Object.entries(pinned)) {
    if (major === running) continue;
    const name = `node-${process.platform}-${process.arch}`;
    const folder = path.join(paths.state, "node", version);
    const node = path.join(folder, "node_modules", name, "bin", "node");
    if (!existsSync(node)) {
      mkdirSync(folder, { recursive: true });
      const [program, first] = npmCommand();
      await programStep(`Installing Node ${version}`, program,
        [...first, "install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--cache", paths.npmCache, `${name}@${version}`],
        { cwd: folder, ifItFails: `npm could not install Node ${version}: connect to the network and start again` });
      rmSync(paths.npmCache, { recursive: true, force: true });
    }
    found.push({ version, node });
  }
  return found;
}
