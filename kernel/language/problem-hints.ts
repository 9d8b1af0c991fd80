/** Our hints for what TypeScript finds wrong most often in a learner's cell. */
import ts from "#typescript";
import { say } from "../messages/say.ts";
import type { ProblemContext } from "./problems.ts";
import { shortText } from "./tensor-mistakes.ts";

/** The method that does for an object what an operator does for numbers. */
const METHODS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.PlusToken]: "add",
  [ts.SyntaxKind.MinusToken]: "sub",
  [ts.SyntaxKind.AsteriskToken]: "mul",
  [ts.SyntaxKind.SlashToken]: "div",
  [ts.SyntaxKind.PercentToken]: "remainder",
  [ts.SyntaxKind.AsteriskAsteriskToken]: "pow",
  [ts.SyntaxKind.LessThanToken]: "lt",
  [ts.SyntaxKind.LessThanEqualsToken]: "le",
  [ts.SyntaxKind.GreaterThanToken]: "gt",
  [ts.SyntaxKind.GreaterThanEqualsToken]: "ge",
  [ts.SyntaxKind.PlusEqualsToken]: "add",
  [ts.SyntaxKind.MinusEqualsToken]: "sub",
  [ts.SyntaxKind.AsteriskEqualsToken]: "mul",
  [ts.SyntaxKind.SlashEqualsToken]: "div",
};

/** "Operator … cannot be applied", "the left-hand side …", "the right-hand side …". */
const OPERATORS = new Set([2362, 2363, 2365]);
/** "… is possibly 'null'", "'undefined'", "'null' or 'undefined'", of an expression and of a name. */
const NULLABLE: Readonly<Record<number, string>> = { 2531: "null", 2532: "undefined", 2533: "undefined", 18047: "null", 18048: "undefined", 18049: "undefined" };
/** "Property … does not exist", with and without a proposal. */
const NO_PROPERTY = new Set([2339, 2551]);

/** What could help against a finding, if we know. */
export function hintFor({ code, start, length }: ts.Diagnostic, { checker, file }: ProblemContext): string | undefined {
  if (start === undefined) return undefined;
  const node = nodeAt(file, start, start + (length ?? 0));
  if (node === undefined) return undefined;
  if (OPERATORS.has(code)) return operatorHint(node, checker, file);
  const missing = NULLABLE[code];
  if (missing !== undefined) return say("hintNullable", { text: shortText(node, file), missing });
  if (NO_PROPERTY.has(code) && ts.isPropertyAccessExpression(node.parent)) {
    const type = checker.getTypeAtLocation(node.parent.expression);
    return checker.getPropertyOfType(type, "then") === undefined ? undefined : say("hintAwait");
  }
  return undefined;
}

function operatorHint(node: ts.Node, checker: ts.TypeChecker, file: ts.SourceFile): string | undefined {
  const binary = ts.isBinaryExpression(node) ? node : ts.isBinaryExpression(node.parent) ? node.parent : undefined;
  const method = binary === undefined ? undefined : METHODS[binary.operatorToken.kind];
  if (binary === undefined || method === undefined) return undefined;
  const has = (each: ts.Expression): boolean => checker.getPropertyOfType(checker.getTypeAtLocation(each), method) !== undefined;
  const [a, b] = [shortText(binary.left, file), shortText(binary.right, file)];
  if (has(binary.left)) return say("hintOperator", { cure: `\`${a}.${method}(${b})\`` });
  // A number has no methods of this kind; the two orders are the same for a sum and a product alone.
  if (has(binary.right)) return say("hintOperator", { cure: method === "add" || method === "mul" ? `\`${b}.${method}(${a})\`` : `\`${method}(${a}, ${b})\`` });
  return undefined;
}

/** The outermost expression that fills a range. */
function nodeAt(file: ts.SourceFile, start: number, end: number): ts.Node | undefined {
  const find = (node: ts.Node): ts.Node | undefined => {
    if (node.getStart(file) > start || node.end < end) return undefined;
    if (ts.isExpression(node) && node.getStart(file) === start && node.end === end) return node;
    return ts.forEachChild(node, find);
  };
  return find(file);
}
