/** The TypeScript build: kernel/ and src/ to dist/, when their contents have changed. */
import path from "node:path";
import { paths } from "./paths.mjs";
import { programStep } from "./progress.mjs";
import { filesUnder, fingerprint, isStamped, writeStamp } from "./stamp.mjs";

export const compilerFile = path.join(paths.nodeModules, "typescript", "bin", "tsc");

export async function prepareTypeScript() {
  const sources = [
    ...filesUnder(path.join(paths.root, "kernel")),
    ...filesUnder(path.join(paths.root, "src")),
    path.join(paths.root, "tsconfig.json"),
    path.join(paths.nodeModules, "typescript", "package.json"),
  ];
  const stamp = path.join(paths.dist, ".built");
  const print = fingerprint(sources);
  if (isStamped(stamp, print)) return;
  await programStep("Building TypeScript", process.execPath, [compilerFile, "-p", path.join(paths.root, "tsconfig.json")], {
    cwd: paths.root,
    ifItFails: "The TypeScript build failed",
  });
  writeStamp(stamp, print);
}
