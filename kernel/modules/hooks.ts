/**
 * Hooks of Node's module loader for local files: TypeScript, names without extension, JSON, versions of edited files.
 *
 * They run in the loader's own thread (https://nodejs.org/api/module.html#customization-hooks) and look only at modules
 * whose URL carries our mark and at what those import; every other import is Node's own business.
 */
import { readFileSync } from "node:fs";
import type { InitializeHook, LoadHook, ResolveHook } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "#typescript";
import { resolveModule } from "./resolver.ts";
import { transformModule } from "./typescript-module.ts";
import { fileOf, isLocalFile, isPlace, isVersioned, Versions } from "./versions.ts";
import { say } from "../messages/say.ts";

/** What the registration hands over. */
export interface HookData {
  readonly packagesRoot?: string;
}

let packagesRoot: string | undefined;
let versions = new Versions(undefined);

/** Called by Node once, at registration. */
export const initialize: InitializeHook<HookData> = (data) => {
  packagesRoot = data.packagesRoot;
  versions = new Versions(packagesRoot);
};

/** Called by Node for every import. */
export const resolve: ResolveHook = (specifier, context, next) => {
  if (isVersioned(specifier)) return { url: specifier, format: formatOf(specifier), importAttributes: {}, shortCircuit: true };
  const parent = context.parentURL;
  if (parent === undefined || !isVersioned(parent)) return next(specifier, context);
  const directory = dirname(fileURLToPath(fileOf(parent)));
  const url = resolveModule(specifier, { directory, ...(packagesRoot !== undefined && { packagesRoot }) });
  if (!isLocalFile(url) || (!isPlace(specifier) && !url.endsWith(".json"))) return next(url, context);
  const versioned = versions.versioned(url);
  // Without its attribute, so that JSON is loaded by us: Node before 23 warns that its own way is experimental.
  return { url: versioned, format: formatOf(versioned), importAttributes: {}, shortCircuit: true };
};

/** Called by Node for every module that is not loaded yet. */
export const load: LoadHook = (url, context, next) => {
  if (!isVersioned(url)) return next(url, context);
  const file = fileOf(url);
  if (/\.(?:m?ts|tsx)$/.test(file)) {
    return { format: "module", source: transformModule(readFileSync(fileURLToPath(file), "utf8"), file), shortCircuit: true };
  }
  if (file.endsWith(".json")) {
    const text = readFileSync(fileURLToPath(file), "utf8");
    return { format: "module", source: jsonModule(text, fileURLToPath(file)), shortCircuit: true };
  }
  return next(url, context);
};

/** More keys than this are not exported one by one. */
const MOST_FIELDS = 1000;

/**
 * JSON as a module: the value by default, and the fields of an object by name, as TypeScript's types and the bundlers have
 * it. Parsed when it runs: `__proto__` is a plain key only for `JSON.parse`.
 */
function jsonModule(text: string, path: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(say("notJson", { path, reason: (error as Error).message }));
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const all = isObject ? Object.keys(value as object) : [];
  // A table of many thousand keys is data, and nobody imports a row by name.
  const keys = all.length > MOST_FIELDS ? [] : all.filter(isExportable);
  const fields = keys.map((key, index) => `const field${index} = json[${JSON.stringify(key)}]; export { field${index} as ${JSON.stringify(key)} };`);
  return `const json = JSON.parse(${JSON.stringify(text)}); export default json; ${fields.join(" ")}`;
}

/** Whether a key can be the name of an export beside the default: text that is half a character cannot. */
function isExportable(key: string): boolean {
  return key !== "default" && !/\p{Surrogate}/u.test(key);
}

/** What a local file is: by its extension, by its package's `type`, else by whether it imports or exports. */
function formatOf(url: string): "module" | "commonjs" {
  const path = fileURLToPath(fileOf(url));
  if (path.endsWith(".cjs")) return "commonjs";
  if (!path.endsWith(".js")) return "module";
  const type = packageType(dirname(path));
  if (type !== undefined) return type;
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  return ts.isExternalModule(file) ? "module" : "commonjs";
}

function packageType(folder: string): "module" | "commonjs" | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, "package.json"), "utf8");
  } catch {
    return dirname(folder) === folder ? undefined : packageType(dirname(folder));
  }
  const { type } = JSON.parse(text) as { type?: string };
  return type === "module" || type === "commonjs" ? type : undefined;
}
