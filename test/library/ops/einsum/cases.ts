/**
 * Sums of products by equation, and covariances.
 */
import { einsum } from "../../../../src/index.ts";
import type { Case } from "../../checks/case.ts";
import type { ReferenceArray } from "../../reference/array.ts";
import { build, count, get, indices } from "../../reference/array.ts";

/** Equations without ellipsis, by their definition: a sum over every value of every subscript. */
function byDefinition(equation: string) {
  const [left, output] = equation.replaceAll(" ", "").split("->") as [string, string];
  const terms = left.split(",");
  return (...operands: ReferenceArray[]): ReferenceArray => {
    const sizes = new Map<string, number>();
    terms.forEach((term, i) => [...term].forEach((letter, d) => sizes.set(letter, Math.max(sizes.get(letter) ?? 0, operands[i]!.shape[d]!))));
    const summed = [...sizes.keys()].filter((letter) => !output.includes(letter));
    return build([...output].map((letter) => sizes.get(letter)!), (outer) => {
      let total = 0;
      for (const inner of indices(summed.map((letter) => sizes.get(letter)!))) {
        const at = (letter: string): number => (output.includes(letter) ? outer[output.indexOf(letter)]! : inner[summed.indexOf(letter)]!);
        total += terms.reduce((product, term, i) => product * get(operands[i]!, [...term].map(at)), 1);
      }
      return total;
    });
  };
}

const equations: [equation: string, ...shapes: number[][]][] = [
  ["ij,jk->ik", [3, 4], [4, 2]],
  ["bij,bjk->bik", [2, 3, 4], [2, 4, 2]],
  ["bhid,bhjd->bhij", [2, 2, 3, 4], [2, 2, 5, 4]],
  ["ii->", [3, 3]],
  ["ii->i", [3, 3]],
  ["iij->ji", [3, 3, 2]],
  ["iji->j", [3, 2, 3]],
  ["jiik->kij", [2, 3, 3, 2]],
  ["ij->ji", [2, 3]],
  ["ij->", [2, 3]],
  ["ij->i", [2, 3]],
  ["i,j->ij", [2], [3]],
  ["i,i->", [4], [4]],
  ["ij,ij->ij", [2, 3], [2, 3]],
  ["ij,jk,kl->il", [2, 3], [3, 4], [4, 2]],
  ["a,b,c->cab", [2], [3], [2]],
  ["ij,ik,jk->", [3, 2], [3, 4], [2, 4]],
  ["ijk,k->ij", [2, 3, 4], [4]],
  ["ij,kl->ijkl", [2, 1], [1, 2]],
  ["ij,jk->ik", [3, 1], [4, 2]],
  ["i,->i", [3], []],
  ["ij,jk->ik", [0, 3], [3, 2]],
  ["ij,jk->ik", [2, 0], [0, 3]],
  ["i j , j k -> i k", [2, 3], [3, 2]],
];
/** With an ellipsis or without an arrow: PyTorch alone says what is right. */
const further: [equation: string, ...shapes: number[][]][] = [
  ["ij,jk", [2, 3], [3, 2]],
  ["ji", [2, 3]],
  ["ii", [3, 3]],
  ["Ba,aB", [2, 3], [3, 2]],
  ["...ij,...jk->...ik", [2, 1, 3, 2], [4, 2, 3]],
  ["...i,...i", [2, 3], [2, 3]],
  ["i...->...", [3, 2, 2]],
  ["...ii->...i", [2, 3, 3]],
  ["b...,b...->...b", [2, 3, 1], [2, 3]],
];
const named = ([equation, ...shapes]: [string, ...number[][]]): string => `${equation} of ${shapes.map((shape) => `[${shape.join(" ")}]`).join(" ")}`;
const one = (entry: [string, ...number[][]]): Case => ({ name: named(entry), ops: [], inputs: entry.slice(1) as number[][], run: (...operands) => einsum(entry[0], ...operands) });

export const cases: Case[] = [
  ...equations.map((entry): Case => ({ ...one(entry), reference: byDefinition(entry[0]) })),
  ...further.map(one),
  { name: "cov", ops: ["matmul"], inputs: [[3, 5]], run: (x) => x!.cov(), reference: covariance },
  { name: "cov of one variable", ops: ["matmul"], inputs: [[6]], run: (x) => x!.cov() },
  { name: "cov without correction", ops: ["matmul"], inputs: [[2, 4]], run: (x) => x!.cov({ correction: 0 }) },
  { name: "cov of columns", ops: ["matmul"], inputs: [[4, 2]], run: (x) => x!.cov({ rowvar: false }) },
  { name: "corrcoef", ops: ["matmul"], inputs: [[3, 5]], derivatives: 1, run: (x) => x!.corrcoef() },
];

function covariance(x: ReferenceArray): ReferenceArray {
  const [variables, observations] = x.shape as [number, number];
  const row = (i: number): number[] => x.values.slice(i * observations, (i + 1) * observations);
  const mean = (i: number): number => row(i).reduce((sum, value) => sum + value, 0) / observations;
  return build([variables, variables], ([i, j]) =>
    row(i!).reduce((sum, value, k) => sum + (value - mean(i!)) * (row(j!)[k]! - mean(j!)), 0) / (count([observations]) - 1));
}
