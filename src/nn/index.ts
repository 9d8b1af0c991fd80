/** What networks are made of, imported as `nn`. */
export * as functional from "./functional.ts";
