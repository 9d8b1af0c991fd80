/**
 * The text form of a tensor: nested rows aligned in columns, with the middle of long dimensions left out, as PyTorch prints.
 */
import { isFloating } from "./dtype.ts";
import type { DType } from "./dtype.ts";
import { formatShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Above this many elements, dimensions are shortened to their ends. */
const fullUpTo = 1000;
const edge = 3;
const lineWidth = 88;

/** How the numbers of one tensor are written, chosen from the numbers that will be seen. */
function numberFormat(values: readonly number[], dtype: DType): (value: number) => string {
  if (dtype === "bool") return (value) => (value === 0 ? "false" : "true");
  if (!isFloating(dtype)) return (value) => String(value);
  const finite = values.filter((value) => Number.isFinite(value));
  const magnitudes = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = Math.max(0, ...magnitudes);
  const smallest = Math.min(Infinity, ...magnitudes);
  // PyTorch's limits: beyond them fixed places would hide digits or fill lines with zeros.
  const spread = magnitudes.length === 0 ? 1 : largest / smallest;
  const scientific = spread > 1000 || largest > 1e8 || smallest < 1e-4;
  if (scientific) return special(exponential);
  if (finite.every((value) => Number.isInteger(value))) return special((value) => `${value}.`);
  return special((value) => value.toFixed(4));
}

/** Four places and an exponent of at least two digits: 1.0000e-06. */
function exponential(value: number): string {
  return value.toExponential(4).replace(/e([+-])(\d)$/, "e$10$2");
}

function special(format: (value: number) => string): (value: number) => string {
  return (value) => (Number.isNaN(value) ? "nan" : value === Infinity ? "inf" : value === -Infinity ? "-inf" : format(value));
}

/** Positions of a dimension that are shown; -1 stands for the gap. */
function shownPositions(size: number, shorten: boolean): number[] {
  const all = Array.from({ length: size }, (_, i) => i);
  return shorten && size > 2 * edge ? [...all.slice(0, edge), -1, ...all.slice(-edge)] : all;
}

/** The text form of a tensor. */
export function format(self: Tensor): string {
  const shorten = self.numel > fullUpTo;
  const shown: number[] = [];
  const collect = (part: Tensor): void => {
    if (part.ndim === 0) shown.push(part.item());
    else for (const i of shownPositions(part.shape[0]!, shorten)) if (i >= 0) collect(part.select(0, i));
  };
  const plain = self.detach();
  collect(plain);
  const write = numberFormat(shown, self.dtype);
  const texts = shown.map(write);
  const width = Math.max(0, ...texts.map((text) => text.length));
  let next = 0;
  const rows = (shape: readonly number[], indent: number): string => {
    if (shape.length === 0) return texts[next++]!.padStart(self.ndim === 0 ? 0 : width);
    const positions = shownPositions(shape[0]!, shorten);
    if (shape.length === 1) return row(positions, indent);
    const parts = positions.map((i) => (i < 0 ? "..." : rows(shape.slice(1), indent + 1)));
    return `[${parts.join(`,${"\n".repeat(shape.length - 1)}${" ".repeat(indent + 1)}`)}]`;
  };
  const row = (positions: readonly number[], indent: number): string => {
    const lines: string[] = [""];
    for (const [place, i] of positions.entries()) {
      const text = (i < 0 ? "..." : texts[next++]!.padStart(width)) + (place < positions.length - 1 ? "," : "");
      const line = lines.at(-1)!;
      if (line !== "" && indent + line.length + text.length + 2 > lineWidth) lines.push(text);
      else lines[lines.length - 1] = line === "" ? text : `${line} ${text}`;
    }
    return `[${lines.join(`\n${" ".repeat(indent + 1)}`)}]`;
  };
  const body = self.numel === 0 && self.ndim > 0 ? "[]" : rows(plain.shape, "tensor(".length);
  return `tensor(${body}${suffix(self)})`;
}

/** What the numbers do not show: an unusual type, an empty shape, a place in the graph. */
function suffix(self: Tensor): string {
  const notes: string[] = [];
  if (self.numel === 0 && !(self.ndim === 1)) notes.push(`shape: ${formatShape(self.shape)}`);
  if (self.numel > fullUpTo) notes.push(`shape: ${formatShape(self.shape)}`);
  if (self.dtype !== "float32" && self.dtype !== "bool" && self.dtype !== "int32") notes.push(`dtype: ${self.dtype}`);
  if (self.requiresGrad) notes.push(self.isLeaf ? "requiresGrad: true" : `made by ${self.node?.rule.name ?? "a call"}`);
  return notes.map((note) => `, ${note}`).join("");
}

/** A richer form than text for the value of a cell; undefined where the text is best. Set by what stands above tensors. */
let richForm: ((tensor: Tensor) => Record<string, unknown> | undefined) | undefined;

/** Lets tensors show themselves in a notebook by something that knows more than this room. */
export function showTensorsBy(form: (tensor: Tensor) => Record<string, unknown> | undefined): void {
  richForm = form;
}

export interface PrintMethods {
  /** The elements in rows, with the middle of long dimensions left out. */
  toString(): string;
}

/** How a tensor shows itself: as a string, in Node's console, and in a notebook. */
export const printMethods: PrintMethods & ThisType<Tensor> = {
  toString() {
    return format(this);
  },
};

Object.defineProperties(printMethods, {
  [Symbol.for("nodejs.util.inspect.custom")]: {
    value(this: Tensor) {
      return format(this);
    },
  },
  [Symbol.for("Jupyter.display")]: {
    value(this: Tensor) {
      return richForm?.(this) ?? { "text/plain": format(this) };
    },
  },
});
