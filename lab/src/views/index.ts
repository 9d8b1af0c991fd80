/**
 * The kinds of views, one line each: the kind and how its renderer is loaded. Each kind is a file of its own that the page
 * fetches with the first view of the kind, so opening JupyterLab costs nothing.
 */
import type { LoadRenderer } from "../registry.ts";

export const kinds: Record<string, LoadRenderer> = {
  live: async () => (await import("./live/index.ts")).liveRenderer,
  classifier: async () => (await import("./classifier/index.ts")).classifierRenderer,
  pad: async () => (await import("./pad/index.ts")).padRenderer,
  playground: async () => (await import("./playground/index.ts")).playgroundRenderer,
  network: async () => (await import("./network/index.ts")).networkRenderer,
  tensor: async () => (await import("./tensor/index.ts")).tensorRenderer,
  stepper: async () => (await import("./stepper/index.ts")).stepperRenderer,
  features: async () => (await import("./features/index.ts")).featuresRenderer,
};
