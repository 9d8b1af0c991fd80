/**
 * The steps of the set-up in their order. Each looks whether it has anything to do and is silent if not, so a second
 * start takes little more than JupyterLab's own.
 */
import { kernelsForCards } from "./cuda.mjs";
import { prepareJupyter } from "./jupyter.mjs";
import { prepareKernelSpec } from "./kernelspec.mjs";
import { prepareLab } from "./lab.mjs";
import { alone } from "./lock.mjs";
import { prepareNative } from "./native.mjs";
import { preparePackages } from "./packages.mjs";
import { requireCompiler, requireNode, requirePython, requireSystem } from "./toolchain.mjs";
import { prepareTypeScript } from "./typescript.mjs";

/**
 * Makes the checkout ready to run; with `tests`, ready to be tested too.
 * @returns the `jupyter` program
 * @throws SetupFailure with the sentence that says what is missing
 */
export async function prepare({ tests = false } = {}) {
  requireSystem();
  requireNode();
  const compiler = requireCompiler();
  requirePython();
  return alone(async () => {
    await preparePackages();
    const jupyter = await prepareJupyter();
    await prepareTypeScript();
    await prepareNative(compiler, { tests, kernels: await kernelsForCards() });
    await prepareLab();
    await prepareKernelSpec();
    return { jupyter };
  });
}
