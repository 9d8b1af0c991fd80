/** Where the real data sets lie for the tests and for the saved chapters. */
import { existsSync } from "node:fs";
import path from "node:path";
import { paths } from "./paths.mjs";

/** The folder of real data sets: NABLA_DATA, else ../shared/data beside the checkout, else none. */
export function dataFolder(environment = process.env) {
  if (environment.NABLA_DATA) return environment.NABLA_DATA;
  const beside = path.resolve(paths.root, "..", "shared", "data");
  return existsSync(beside) ? beside : undefined;
}
