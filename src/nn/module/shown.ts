/**
 * How a notebook shows a module that is the value of a cell. What draws networks stands above the modules in the library, so it
 * says so here when it is loaded; without it a module shows its text.
 */
import type { AnyModule } from "./module.ts";

let bundleOf: ((module: AnyModule) => Record<string, unknown>) | undefined;

/** Says what a module's MIME bundle is made by. */
export function showModulesBy(show: (module: AnyModule) => Record<string, unknown>): void {
  bundleOf = show;
}

/** The MIME bundle of a module. */
export function moduleBundle(module: AnyModule): Record<string, unknown> {
  return bundleOf?.(module) ?? { "text/plain": module.toString() };
}
