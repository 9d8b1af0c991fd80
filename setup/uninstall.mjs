/** `npm exec nabla uninstall`: takes the kernel out of a person's own Jupyter; see install.mjs. */
export { uninstall as run } from "./install.mjs";
