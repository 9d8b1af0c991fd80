/**
 * `npm run generate`: writes what is made from the table of ops (src/tensor/ops.ts), namely the native enum, the types of
 * the generated methods with their documentation, the functions of the module, and the page of ops. The files are checked
 * in; `--check` writes nothing and fails when one is stale.
 */
import { readFileSync, readdirSync, writeFileSync, existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { rows } = await import(pathToFileURL(path.join(root, "dist/src/tensor/ops.js")).href);
const entries = Object.entries(rows);
const origin = "Written by `npm run generate` from src/tensor/ops.ts; do not edit.";

function enumHeader() {
  const names = entries.map(([name]) => name);
  return `// ${origin}
// The numbers of the ops, by which they cross the binding, and their names.
#pragma once

#include <cstdint>

namespace nabla {

enum class OpCode : int32_t {
${names.map((name, code) => `  ${name} = ${code},`).join("\n")}
};

inline constexpr int kOpCount = ${names.length};

inline constexpr const char* kOpNames[kOpCount] = {
${names.map((name) => `    "${name}",`).join("\n")}
};

}  // namespace nabla
`;
}

const parametersOfKind = { unary: "", binary: "other: TensorLike", reduction: "options?: ReductionOptions" };
/** Not made here: a reserved word, functions written by hand (functions.ts), derivatives. */
const methodsOnly = new Set(["var", "where", "max", "min", "toString", "backward"]);
const isMadeHere = (name) => !methodsOnly.has(name) && !name.endsWith("_") && !name.endsWith("Backward");
const publicRows = entries.filter(([, row]) => row.internal !== true && row.kind !== "primitive");
const parametersOf = (row) => (row.kind === "general" ? row.parameters : parametersOfKind[row.kind]);

function methodTypes() {
  return `/**
 * ${origin}
 * The methods that rows of the table give every tensor.
 */
import type { ReductionOptions } from "../dispatch.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

export interface OpMethods {
${publicRows.map(([name, row]) => `  /** ${row.summary} */\n  ${name}(${parametersOf(row)}): Tensor;`).join("\n")}
}
`;
}

/** The methods that the interfaces of methods/*.ts declare, each with its comment. */
function handWrittenMethods() {
  const folder = path.join(root, "src/tensor/methods");
  const found = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts")).sort()) {
    const source = ts.createSourceFile(file, readFileSync(path.join(folder, file), "utf8"), ts.ScriptTarget.Latest, true);
    for (const statement of source.statements) {
      if (!ts.isInterfaceDeclaration(statement) || !statement.name.text.endsWith("Methods")) continue;
      for (const member of statement.members.filter(ts.isMethodSignature)) {
        const comment = ts.getJSDocCommentsAndTags(member).map((node) => node.getText()).at(-1) ?? "";
        found.push({ name: member.name.getText(), comment: comment.replace(/\n\s+\*/g, "\n *") });
      }
    }
  }
  return found;
}

function moduleFunctions() {
  const fromRows = publicRows.filter(([name]) => isMadeHere(name)).map(([name, row]) =>
    row.kind === "binary"
      ? `/** ${row.summary} */\nexport function ${name}(a: TensorLike, b: TensorLike): Tensor {\n  return callBinary(ops.${name}, a, b);\n}`
      : functionOfMethod(name, `/** ${row.summary} */`),
  );
  const methods = handWrittenMethods().filter(({ name }) => isMadeHere(name));
  return `/**
 * ${origin}
 * Every method of a tensor as a function of the module: \`matmul(a, b)\` beside \`a.matmul(b)\`.
 */
import { callBinary } from "../dispatch.ts";
import { ops } from "../ops.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

${[...fromRows, ...methods.map(({ name, comment }) => functionOfMethod(name, comment))].join("\n\n")}
`;
}

function functionOfMethod(name, comment) {
  return `${comment}
export function ${name}(self: Tensor, ...rest: Parameters<Tensor["${name}"]>): ReturnType<Tensor["${name}"]> {
  return requireTensor("${name}", self).${name}(...rest);
}`;
}

function opsPage() {
  const line = ([name, row]) =>
    `| \`${name}\` | ${row.kind} | ${row.internal ? "" : `\`x.${name}(${parametersOf(row) ?? ""})\``} | ` +
    `${row.derivative ? "yes" : "no"} | ${row.summary} |`;
  return `# Ops

${origin} Ops without a method are called by the library alone.

| op | kind | method | derivative | what it computes |
|---|---|---|---|---|
${entries.map(line).join("\n")}
`;
}

const outputs = {
  "native/core/op_codes.h": enumHeader(),
  "src/tensor/generated/methods.ts": methodTypes(),
  "src/tensor/generated/functions.ts": moduleFunctions(),
  "src/tensor/OPS.md": opsPage(),
};

const stale = Object.entries(outputs).filter(([file, text]) => {
  const full = path.join(root, file);
  return !existsSync(full) || readFileSync(full, "utf8") !== text;
});
if (process.argv.includes("--check")) {
  for (const [file] of stale) console.error(`${file} is stale; run: npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of stale) {
    writeFileSync(path.join(root, file), text);
    console.log(`wrote ${file}`);
  }
}
