/**
 * `npm run pack -- [--to DIR] [--cuda]`: builds what is not built yet, for every processor of this kind, and makes one tarball of it.
 * `npm install TARBALL` then works without compiler and network on Node 20, 22 and 24, on this system and, where it is a
 * Linux, on every one of its kind since glibc 2.28. With `--cuda` it computes on NVIDIA's cards too, whichever they are.
 */
import { statSync } from "node:fs";
import path from "node:path";
import { kernelsForCards, prepareNvcc } from "./cuda.mjs";
import { runMain, SetupFailure } from "./failure.mjs";
import { prepareLab } from "./lab.mjs";
import { alone } from "./lock.mjs";
import { prepareNative } from "./native.mjs";
import { readOptions } from "./options.mjs";
import { requireKernelsForAllCards } from "./pack/kernel-images.mjs";
import { writeTarball } from "./pack/tarball.mjs";
import { preparePackages } from "./packages.mjs";
import { paths, shown } from "./paths.mjs";
import { requireCompiler, requireNode, requireSystem } from "./toolchain.mjs";
import { prepareTypeScript } from "./typescript.mjs";

runMain(async () => {
  const usage = "npm run pack -- [--to DIR] [--cuda]";
  const { options, rest } = readOptions(process.argv.slice(2), { to: "string", cuda: "boolean" }, usage);
  if (rest.length > 0) throw new SetupFailure(`It is written: ${usage}`);
  requireSystem();
  requireNode();
  const compiler = requireCompiler();
  const to = path.resolve(process.env.INIT_CWD ?? process.cwd(), options.to ?? ".");
  const tarball = await alone(async () => {
    await preparePackages();
    await prepareTypeScript();
    await prepareLab();
    const kernels = options.cuda === true ? { nvcc: await prepareNvcc() } : await kernelsForCards();
    await prepareNative(compiler, { everywhere: true, kernels });
    if (options.cuda === true) console.log(requireKernelsForAllCards(paths.addon));
    return writeTarball(to);
  });
  console.log(`${shown(tarball)}, ${(statSync(tarball).size / 1e6).toFixed(1)} MB. In the folder of a project: npm install ${tarball}`);
});
