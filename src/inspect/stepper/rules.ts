/**
 * Calls and their local derivatives as formulas a learner can read, in the names of the operands. The numbers beside them are
 * computed from the derivatives that autograd itself uses; these lines only say what they are.
 */

/** The operands' names and the result's, as the formula uses them. */
export interface CallNames {
  readonly operands: readonly string[];
  readonly result: string;
}

const infix: Readonly<Record<string, string>> = {
  add: "+", sub: "−", mul: "×", div: "÷", matmul: "@", pow: "^", lt: "<", le: "≤", gt: ">", ge: "≥", eq: "=",
};

/** Encloses what is no single name. */
const whole = (text: string): string => (/^[\w$.\][]+$/.test(text) ? text : `(${text})`);

/** A call as one writes it: `x @ w`, `tanh(z)`. */
export function expressionOf(operation: string, { operands }: CallNames): string {
  const sign = infix[operation];
  if (sign !== undefined && operands.length === 2) return `${operands[0]} ${sign} ${operands[1]}`;
  if (operation === "neg") return `−${operands[0]}`;
  if (operation === "square") return `${operands[0]}²`;
  // An operand that was left out is a 0 at the end: a bias, the first state of a recurrent layer.
  const given = operands.length < 3 ? operands : operands.slice(0, operands.findLastIndex((operand) => operand !== "0") + 1);
  return `${operation}(${given.join(", ")})`;
}

type Rule = (a: string, b: string, out: string) => readonly (string | undefined)[];

/** d(a^b)/da, simplified where b is a number. */
function powerRule(a: string, b: string): string {
  const exponent = Number(b);
  if (exponent === 2) return `2 × ${a}`;
  return Number.isFinite(exponent) ? `${b} × ${a}^${exponent - 1}` : `${b} × ${a}^(${b} − 1)`;
}

/** For each operation the derivative of one element of its result by one of each operand. */
const rules: Readonly<Record<string, Rule>> = {
  add: () => ["1", "1"],
  sub: () => ["1", "−1"],
  mul: (a, b) => [b, a],
  div: (_, b, out) => [`1 / ${b}`, `−${out} / ${b}`],
  pow: (a, b, out) => [powerRule(a, b), `${out} × log(${a})`],
  neg: () => ["−1"],
  exp: (_a, _b, out) => [out],
  log: (a) => [`1 / ${a}`],
  sqrt: (_a, _b, out) => [`1 / (2 × ${out})`],
  square: (a) => [`2 × ${a}`],
  reciprocal: (_a, _b, out) => [`−${out}²`],
  sin: (a) => [`cos(${a})`],
  cos: (a) => [`−sin(${a})`],
  tanh: (_a, _b, out) => [`1 − ${out}²`],
  sigmoid: (_a, _b, out) => [`${out} × (1 − ${out})`],
  softplus: (a) => [`sigmoid(${a})`],
  relu: (a) => [`${a} > 0 ? 1 : 0`],
  abs: (a) => [`sign(${a})`],
  maximum: (a, b) => [`${a} > ${b} ? 1 : 0`, `${b} > ${a} ? 1 : 0`],
  minimum: (a, b) => [`${a} < ${b} ? 1 : 0`, `${b} < ${a} ? 1 : 0`],
  sum: () => ["1"],
  mean: () => ["1 / n"],
  softmax: (_a, _b, out) => [`${out}ᵢ × ((i = j) − ${out}ⱼ)`],
  logSoftmax: (_a, _b, out) => [`(i = j) − exp(${out}ⱼ)`],
  crossEntropy: (a, b) => [`(softmax(${a}) − oneHot(${b})) / N`],
  mseLoss: (a, b) => [`2 × (${a} − ${b}) / n`, `2 × (${b} − ${a}) / n`],
  reshape: () => ["1"],
  permute: () => ["1"],
  transpose: () => ["1"],
  expand: () => ["1"],
  slice: () => ["1"],
  cat: () => ["1", "1"],
  stack: () => ["1", "1"],
};

/** What comes back to each operand of a product of matrices, where no single element's derivative says it well. */
const products: Readonly<Record<string, (a: string, b: string, upstream: string) => readonly string[]>> = {
  matmul: (a, b, upstream) => [`${upstream} @ ${b}ᵀ`, `${a}ᵀ @ ${upstream}`],
  linear: (a, b, upstream) => [`${upstream} @ ${b}`, `${upstream}ᵀ @ ${a}`, `Σ ${upstream}`],
};

/** The local derivative by the operand at a position; undefined for an operation without a line here. */
export function localRule(operation: string, position: number, { operands, result }: CallNames): string | undefined {
  const [a = "", b = ""] = operands.map(whole);
  return rules[operation]?.(a, b, whole(result))[position];
}

/** The gradient of an operand as a product with the gradient that arrives, for operations on whole matrices. */
export function productRule(operation: string, position: number, { operands }: CallNames, upstream: string): string | undefined {
  const [a = "", b = ""] = operands.map(whole);
  return products[operation]?.(a, b, upstream)[position];
}
