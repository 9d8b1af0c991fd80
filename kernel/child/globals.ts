/** The names that cells find: `display`, `prompt` and their like, the host contract, and what transformed code calls. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { HOST_SYMBOL } from "../contracts.ts";
import type { Host } from "../contracts.ts";
import type { Importer } from "../modules/importer.ts";
import type { CellModules } from "./cell-modules.ts";
import type { Comms } from "./comms.ts";
import type { DebugHost } from "./debug-host.ts";
import type { Displays } from "./displays.ts";
import type { Stdin } from "./stdin.ts";
import type { Waits } from "./waits.ts";

/** What the global names stand for. */
export interface GlobalServices {
  readonly waits: Waits;
  readonly modules: CellModules;
  readonly importer: Importer;
  readonly comms: Comms;
  readonly displays: Displays;
  readonly debugHost: DebugHost;
  readonly stdin: Stdin;
  readonly interruptFlag: Int32Array;
  readonly awaitTermination: () => void;
  readonly undisturbed: <T>(body: () => T) => T;
  /** The address that `import.meta.url` gives in a cell. */
  readonly notebook: string;
  readonly frame: () => void;
  readonly take: (value: unknown) => void;
  readonly signal: () => AbortSignal;
  readonly onCellEnd: (callback: () => void) => void;
  readonly variables: () => Record<string, unknown>;
}

/** Defines them. Those of the kernel's own machinery do not show up among a learner's variables. */
export function installGlobals(services: GlobalServices): void {
  const { waits, modules, importer, comms, displays, stdin } = services;
  const host: Host = {
    comm: (target, data, metadata, buffers) => comms.open(target, data, metadata, buffers),
    onComm: (target, handler) => comms.onOpen(target, handler),
    interruptFlag: services.interruptFlag,
    awaitTermination: services.awaitTermination,
    undisturbed: services.undisturbed,
    get signal() {
      return services.signal();
    },
    onCellEnd: services.onCellEnd,
    bind: (callback) => comms.bind(callback),
    variables: services.variables,
  };
  const kernel = {
    frame: services.frame,
    take: services.take,
    awaited: waits.awaited,
    iterated: waits.iterated,
    module: modules.module,
    import: (specifier: unknown) => importer.import(String(specifier)),
    meta: Object.freeze({
      url: services.notebook,
      filename: fileURLToPath(services.notebook),
      dirname: dirname(fileURLToPath(services.notebook)),
      resolve: (specifier: unknown) => importer.resolve(String(specifier)),
    }),
    debugger: services.debugHost.face,
  };
  Object.defineProperty(globalThis, "__kernel", { value: Object.freeze(kernel) });
  Object.defineProperty(globalThis, HOST_SYMBOL, { value: Object.freeze(host) });
  const names = {
    require: importer.require,
    display: displays.display,
    clearOutput: displays.clearOutput,
    prompt: stdin.prompt,
    confirm: stdin.confirm,
  };
  for (const [name, value] of Object.entries(names)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
