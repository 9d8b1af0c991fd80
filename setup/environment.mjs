/**
 * The environment that JupyterLab runs in: our folder first on JUPYTER_PATH (kernelspec, lab extension), and every
 * place that Jupyter writes to moved into the checkout, so that a person's own Jupyter is neither used nor changed.
 */
import path from "node:path";
import { paths } from "./paths.mjs";

const inside = (name) => path.join(paths.jupyterFiles, name);

/** A copy of `base` for JupyterLab and the programs it starts. */
export function jupyterEnvironment(base = process.env) {
  return {
    ...base,
    JUPYTER_PATH: [paths.jupyter, base.JUPYTER_PATH].filter(Boolean).join(path.delimiter),
    JUPYTER_CONFIG_DIR: inside("config"),
    JUPYTER_DATA_DIR: inside("data"),
    JUPYTER_RUNTIME_DIR: inside("runtime"),
    JUPYTERLAB_SETTINGS_DIR: inside("settings"),
    JUPYTERLAB_WORKSPACES_DIR: inside("workspaces"),
    IPYTHONDIR: inside("ipython"),
  };
}
