/**
 * Comparisons and logic: boolean results, no derivatives.
 */
import { binary, unary } from "./definition.ts";

export const comparison = {
  eq: binary({ summary: "True where two operands are equal.", result: "bool" }),
  ne: binary({ summary: "True where two operands differ.", result: "bool" }),
  lt: binary({ summary: "True where the first operand is smaller.", result: "bool" }),
  le: binary({ summary: "True where the first operand is smaller or equal.", result: "bool" }),
  gt: binary({ summary: "True where the first operand is larger.", result: "bool" }),
  ge: binary({ summary: "True where the first operand is larger or equal.", result: "bool" }),
  logicalAnd: binary({ summary: "True where both operands are not 0.", result: "bool" }),
  logicalOr: binary({ summary: "True where at least one operand is not 0.", result: "bool" }),
  logicalNot: unary({ summary: "True where the operand is 0.", result: "bool" }),
};
