/**
 * The plan of the house as rules over the source tree. Each returns its violations as sentences; an empty list is a
 * tree that keeps the rule.
 */
import path from "node:path";
import type { Arrow, Tree } from "./tree.ts";
import { arrows } from "./tree.ts";

/** Which folders of src/ a folder of src/ may import, besides itself. */
const libraryArrows: Readonly<Record<string, readonly string[]>> = {
  tensor: [],
  autograd: ["tensor"],
  compile: ["tensor"],
  linalg: ["tensor"],
  fft: ["tensor"],
  nn: ["tensor", "autograd"],
  optim: ["tensor", "autograd", "nn"],
  serialization: ["tensor"],
  data: ["tensor", "fft", "serialization"],
  view: ["tensor"],
  plot: ["tensor", "serialization", "view"],
  widgets: ["tensor"],
  inspect: ["tensor", "autograd", "linalg", "nn", "plot", "view"],
  playground: ["tensor", "nn", "optim", "data", "plot", "view", "widgets"],
  train: ["tensor", "autograd", "compile", "nn", "optim", "serialization", "data", "plot"],
  onnx: ["tensor", "nn", "serialization"],
  course: ["tensor", "autograd", "linalg", "fft", "nn", "optim", "serialization", "data", "plot", "inspect", "playground", "train"],
};

const sentence = ({ from, to }: Arrow, why: string): string => `${from} imports ${to}: ${why}`;
const room = (file: string): string => file.split("/")[0] ?? "";

/** The kernel knows no tensor and the library knows no kernel; only tests, benchmarks and the browser side see both. */
export function kernelAndLibraryAreApart(tree: Tree): string[] {
  return arrows(tree)
    .filter(({ from, to }) => {
      if (room(from) === "kernel") return room(to) === "src" || to === "nabla" || to.startsWith("nabla/");
      if (room(from) === "src") return room(to) === "kernel" || room(to) === "lab";
      return false;
    })
    .map((arrow) => sentence(arrow, "kernel/ and src/ meet only at the display and host contracts"));
}

/** What runs in the page takes from the library the declarations of what goes between them, as types, and nothing else; nobody imports what runs in the page but its tests. */
export function thePageKnowsOnlyTypes(tree: Tree): string[] {
  return arrows(tree)
    .filter(({ from, to, typesOnly }) => {
      if (room(from) === "lab") return room(to) === "kernel" || (room(to) === "src" && !(typesOnly && to.startsWith("src/view/")));
      return room(to) === "lab" && room(from) !== "test";
    })
    .map((arrow) => sentence(arrow, "lab/ and src/ share only the types of src/view/"));
}

/** Inside src/ arrows run one way: tensor < autograd < nn < optim < train, with linalg, fft and serialization on tensor, data (also on fft) and plot on both; view and widgets on tensor, plot also on view; inspect on nn, plot and view; playground on plot, view and widgets; course on all. */
export function libraryArrowsRunOneWay(tree: Tree): string[] {
  const violations: string[] = [];
  for (const file of tree.keys()) {
    const folder = file.split("/")[1] ?? "";
    if (room(file) === "src" && file.split("/").length > 2 && !(folder in libraryArrows)) {
      violations.push(`${file}: src/${folder} has no place in the order of the library's folders`);
    }
  }
  for (const arrow of arrows(tree)) {
    if (room(arrow.from) !== "src" || room(arrow.to) !== "src") continue;
    const fromParts = arrow.from.split("/");
    const toParts = arrow.to.split("/");
    if (arrow.to === "src/index.ts") violations.push(sentence(arrow, "src/index.ts is the public face, nothing inside imports it"));
    if (fromParts.length < 3 || toParts.length < 3) continue;
    const [from = "", to = ""] = [fromParts[1], toParts[1]];
    if (from !== to && !(libraryArrows[from] ?? []).includes(to)) violations.push(sentence(arrow, `src/${from} may not import src/${to}`));
  }
  return violations;
}

/** Headers that tie C++ to Node; without them the core runs, is tested and is measured where there is no Node. */
const nodeHeaders = /(^|\/)(node_api|node_api_types|js_native_api|js_native_api_types|napi|napi-inl|node|v8|uv)\.h$/;

export function onlyTheBindingKnowsNode(tree: Tree): string[] {
  return arrows(tree)
    .filter(({ from }) => room(from) === "native" && !from.startsWith("native/binding/"))
    .filter(({ to }) => nodeHeaders.test(to) || to.startsWith("native/binding/"))
    .map((arrow) => sentence(arrow, "only native/binding may know Node"));
}

/**
 * Cycles of imports and includes, each named once by its members. Imports of types alone are left out: nothing of them
 * is there when the program runs, and a tensor's graph cannot be typed without naming the tensor.
 */
export function noImportCycles(tree: Tree): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, typesOnly } of arrows(tree)) {
    if (!typesOnly && tree.has(to)) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const cycles = new Map<string, string>();
  const finished = new Set<string>();
  const walk = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      const members = trail.slice(start);
      cycles.set([...members].sort().join(), `import cycle: ${[...members, file].join(" → ")}`);
      return;
    }
    if (finished.has(file)) return;
    for (const target of next.get(file) ?? []) walk(target, [...trail, file]);
    finished.add(file);
  };
  for (const file of tree.keys()) walk(file, []);
  return [...cycles.values()];
}

const emptyNames = new Set(["util", "utils", "utilities", "helper", "helpers", "misc", "common"]);

/** A file or folder is named by its subject; these names say only that nobody looked for one. */
export function namesNameASubject(tree: Tree): string[] {
  return [...tree.keys()]
    .filter((file) => file.split("/").some((part) => part.replace(/\..*$/, "").split(/[-_]/).some((word) => emptyNames.has(word.toLowerCase()))))
    .map((file) => `${file}: name it by its subject`);
}

const longest = 400;

/** One subject fits in 400 lines. A generated file says so in its first lines and is measured by its generator. */
export function filesAreShort(tree: Tree): string[] {
  return [...tree]
    .filter(([, text]) => !/\bgenerated by\b/i.test(text.slice(0, 400)))
    .map(([file, text]) => ({ file, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > longest)
    .map(({ file, lines }) => `${file}: ${lines} lines, more than ${longest}`);
}

/** A file begins with what it is: a comment before the code (after a line for the interpreter or a header guard). */
export function filesBeginWithWhatTheyAre(tree: Tree): string[] {
  return [...tree]
    .filter(([, text]) => !/^(#!.*\n)?\s*(#pragma once\s*)?(\/\*|\/\/|#|""")/.test(text))
    .map(([file]) => `${path.posix.normalize(file)}: begins without a comment that says what it is`);
}
