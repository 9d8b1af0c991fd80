/**
 * Einsum and covariances from three sides, and what einsum says of equations that it does not understand.
 */
import { describe, expect, test } from "vitest";
import { einsum, zeros } from "../../../../src/index.ts";
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

checkGradients(cases);
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);

describe("an equation that makes no sense is an error with its position", () => {
  const a = zeros([2, 3]);
  for (const [equation, message] of [
    ["i1->i", 'einsum: "1", which is no letter, at position 1 of "i1->i"'],
    ["ij->ik", 'einsum: "k", which no operand has, at position 5'],
    ["ij->ii", 'einsum: "i" once more in the result, at position 5'],
    ["i..", "einsum: a dot that is no ellipsis (...) at position 1"],
    ["...i...", "einsum: a second ellipsis in one term at position 4"],
    ["ijk", 'einsum: term "ijk" at position 0 of "ijk" names 3 dimensions, operand 0 has shape [2, 3]'],
    ["i->i", 'names 1 dimensions, operand 0 has shape [2, 3]'],
    ["ij,jk", 'einsum: "ij,jk" has 2 terms for 1 operands'],
    ["ii", 'einsum: "i" is 2 and 3 in one operand of shape [2, 3]'],
  ] as const) {
    test(equation, () => expect(() => einsum(equation, a)).toThrow(message));
  }

  test("and sizes that differ are named", () => {
    expect(() => einsum("ij,jk", a, zeros([2, 3]))).toThrow('einsum: "j" is 3 in one operand and 2 in operand 1 of shape [2, 3]');
    expect(() => einsum("...i,...i", a, zeros([3, 3]))).toThrow("einsum: dimension 1 from the right of the ellipsis is 2");
  });
});
