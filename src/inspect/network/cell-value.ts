/** A module as the value of a cell: the table of its layers, as far as it is known without an input. */
import { showModulesBy } from "../../nn/module/shown.ts";
import { network } from "./network.ts";

const display = Symbol.for("Jupyter.display");

/** Makes modules show themselves as a table where they are the value of a cell. */
export function showModulesAsTables(): void {
  showModulesBy((module) => {
    const view = network(module) as unknown as Record<symbol, () => Record<string, unknown>>;
    return { ...view[display]!(), "text/plain": module.toString() };
  });
}
