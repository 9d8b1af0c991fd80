/**
 * The plan of the house, checked on the real tree. Beside each rule stands a doctored tree that breaks it, so that
 * none of these tests can pass by looking at nothing.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  filesAreShort, filesBeginWithWhatTheyAre, kernelAndLibraryAreApart, libraryArrowsRunOneWay, namesNameASubject,
  noImportCycles, onlyTheBindingKnowsNode, thePageKnowsOnlyTypes,
} from "./architecture/rules.ts";
import type { Tree } from "./architecture/tree.ts";
import { arrows, readTree } from "./architecture/tree.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const house = readTree(root, ["kernel", "src", "native", "lab", "setup", "bench", "test"]);
const doctored = (files: Record<string, string>): Tree => new Map(Object.entries(files));

it("reads a tree in which imports and includes are seen", () => {
  expect(house.has("setup/start.mjs")).toBe(true);
  expect(arrows(house)).toContainEqual({ from: "setup/start.mjs", to: "setup/paths.mjs", typesOnly: false });
  expect(arrows(house)).toContainEqual({ from: "test/architecture.test.ts", to: "test/architecture/tree.ts", typesOnly: true });
});

interface Rule {
  readonly says: string;
  readonly rule: (tree: Tree) => string[];
  /** Trees that break it, with the words that the violation must hold. */
  readonly broken: readonly { readonly tree: Tree; readonly names: string }[];
}

const rules: readonly Rule[] = [
  {
    says: "the kernel and the library do not import each other",
    rule: kernelAndLibraryAreApart,
    broken: [
      { tree: doctored({ "kernel/a.ts": 'import { b } from "../src/b.ts";', "src/b.ts": "" }), names: "kernel/a.ts imports src/b.ts" },
      { tree: doctored({ "kernel/a.ts": 'const n = await import("nabla");' }), names: "kernel/a.ts imports nabla" },
      { tree: doctored({ "src/plot/b.ts": 'import type { A } from "../../kernel/a.ts";' }), names: "src/plot/b.ts imports kernel/a.ts" },
    ],
  },
  {
    says: "the page's side shares only types with the library",
    rule: thePageKnowsOnlyTypes,
    broken: [
      { tree: doctored({ "lab/src/a.ts": 'import { b } from "../../src/view/b.ts";' }), names: "lab/src/a.ts imports src/view/b.ts" },
      { tree: doctored({ "lab/src/a.ts": 'import type { Tensor } from "../../src/tensor/tensor.ts";' }), names: "lab/src/a.ts imports src/tensor/tensor.ts" },
      { tree: doctored({ "setup/a.mjs": 'import { b } from "../lab/src/b.ts";' }), names: "setup/a.mjs imports lab/src/b.ts" },
    ],
  },
  {
    says: "inside the library arrows run from train down to tensor",
    rule: libraryArrowsRunOneWay,
    broken: [
      { tree: doctored({ "src/tensor/a.ts": 'import { b } from "../nn/b.ts";', "src/nn/b.ts": "" }), names: "src/tensor may not import src/nn" },
      { tree: doctored({ "src/data/a.ts": 'export * from "../autograd/b.ts";', "src/autograd/b.ts": "" }), names: "src/data may not import src/autograd" },
      { tree: doctored({ "src/nn/a.ts": 'import { Tensor } from "../index.ts";', "src/index.ts": "" }), names: "public face" },
      { tree: doctored({ "src/extras/a.ts": "" }), names: "src/extras has no place" },
    ],
  },
  {
    says: "only the binding knows Node",
    rule: onlyTheBindingKnowsNode,
    broken: [
      { tree: doctored({ "native/core/a.cpp": "#include <node_api.h>\n" }), names: "native/core/a.cpp imports node_api.h" },
      { tree: doctored({ "native/cpu/a.cpp": '# include "napi.h"\n' }), names: "native/cpu/a.cpp imports napi.h" },
      { tree: doctored({ "native/core/a.h": '#include "binding/b.h"\n', "native/binding/b.h": "" }), names: "native/core/a.h imports native/binding/b.h" },
    ],
  },
  {
    says: "nothing imports in a circle",
    rule: noImportCycles,
    broken: [
      { tree: doctored({ "src/a.ts": 'import "./b.ts";', "src/b.ts": 'import "./c.ts";', "src/c.ts": 'import "./a.ts";' }), names: "src/a.ts → src/b.ts → src/c.ts → src/a.ts" },
      { tree: doctored({ "native/core/a.h": '#include "core/b.h"\n', "native/core/b.h": '#include "core/a.h"\n' }), names: "native/core/a.h → native/core/b.h → native/core/a.h" },
    ],
  },
  {
    says: "every file and folder is named by its subject",
    rule: namesNameASubject,
    broken: [
      { tree: doctored({ "src/tensor/shape-utils.ts": "" }), names: "src/tensor/shape-utils.ts" },
      { tree: doctored({ "native/common/a.h": "" }), names: "native/common/a.h" },
      { tree: doctored({ "kernel/helpers.ts": "" }), names: "kernel/helpers.ts" },
    ],
  },
  {
    says: "no file is longer than 400 lines unless it is generated",
    rule: filesAreShort,
    broken: [{ tree: doctored({ "native/core/a.h": `// A header.\n${"int x;\n".repeat(400)}` }), names: "401 lines" }],
  },
  {
    says: "every file begins with what it is",
    rule: filesBeginWithWhatTheyAre,
    broken: [{ tree: doctored({ "src/tensor/a.ts": "export const a = 1;\n" }), names: "src/tensor/a.ts" }],
  },
];

describe.each(rules)("$says", ({ rule, broken }) => {
  it("in this house", () => {
    expect(rule(house)).toEqual([]);
  });
  it.each(broken)("and a doctored tree is caught: $names", ({ tree, names }) => {
    expect(rule(tree).join("\n")).toContain(names);
  });
});

it("does not take an import of types alone for part of a circle", () => {
  const half = 'import type { B } from "./b.ts";\nimport { type C } from "./b.ts";';
  expect(noImportCycles(doctored({ "src/a.ts": half, "src/b.ts": 'import { a } from "./a.ts";' }))).toEqual([]);
});

it("lets a generated file be long", () => {
  expect(filesAreShort(doctored({ "native/core/a.h": `// Generated by setup/generate.mjs.\n${"int x;\n".repeat(900)}` }))).toEqual([]);
});
