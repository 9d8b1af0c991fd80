/**
 * TypeScript's compiler, as `#typescript`.
 *
 * It is a CommonJS module of nine megabytes. An `import` of it makes Node read all of that for names to export before it
 * runs it, which takes longer than loading it; `require` does not. The types come from the package itself.
 */
import { createRequire } from "node:module";
import type typescript from "typescript";

const require = createRequire(import.meta.url);

export default require("typescript") as typeof typescript;
