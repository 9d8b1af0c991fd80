/** How strictly cells are read, and which of TypeScript's complaints are none in a notebook. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import ts from "#typescript";

const require = createRequire(import.meta.url);

/** The folder of Node's own types, which belong to the kernel: they are there for a notebook in any folder. */
export const NODE_TYPES: string = dirname(require.resolve("@types/node/package.json"));

/** Where TypeScript's own library files are. */
export const LIBRARY_FOLDER: string = dirname(require.resolve("typescript"));

/** The library that the running Node has, as its release notes say: https://nodejs.org/en/blog/release. */
function libraryOfNode(): string[] {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 22) return ["lib.es2023.d.ts"];
  return ["lib.es2024.d.ts", "lib.es2025.collection.d.ts", "lib.es2025.iterator.d.ts"];
}

export const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ["node"],
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: libraryOfNode(),
  types: ["node"],
  strict: true,
  noEmit: true,
  // Elements are read; what they become is the child's business.
  jsx: ts.JsxEmit.Preserve,
  skipLibCheck: true,
  allowJs: true,
  checkJs: false,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  esModuleInterop: true,
  allowUnreachableCode: true,
  allowUnusedLabels: true,
  noErrorTruncation: false,
};

/**
 * What is no problem of a cell.
 *
 * The 70xx say that something is `any` because nothing says what it is: a learner who writes no types is not to be told.
 * An import of an earlier cell or of a module may be assigned to, because in a cell it is a variable.
 */
export function isNoise(code: number): boolean {
  return (code >= 7005 && code <= 7057) || code === 2632;
}
