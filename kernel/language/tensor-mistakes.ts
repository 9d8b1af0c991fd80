/**
 * Two mistakes with tensors that no type error and no hook can catch: a tensor as a condition, which is always true, and
 * `===` between two tensors, which asks for the identity of objects.
 *
 * A tensor is known by its shape alone (it has `shape`, `dtype` and a method `item`), so this holds for any library's.
 */
import ts from "#typescript";
import { say } from "../messages/say.ts";

export interface TensorMistake {
  readonly node: ts.Node;
  readonly message: string;
  readonly hint: string;
}

interface Context {
  readonly checker: ts.TypeChecker;
  readonly file: ts.SourceFile;
}

/** Whether a type is a tensor's and nothing else: `Tensor | undefined` may well be a condition. */
export function isTensor(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.isUnion()) return type.types.every((each) => isTensor(each, checker));
  if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.TypeParameter)) === 0) return false;
  return ["shape", "dtype", "item"].every((name) => checker.getPropertyOfType(type, name) !== undefined);
}

/** Finds them in a cell. */
export function findTensorMistakes({ checker, file }: Context): TensorMistake[] {
  const found: TensorMistake[] = [];
  const isOne = (node: ts.Expression): boolean => isTensor(checker.getTypeAtLocation(node), checker);
  const condition = (node: ts.Expression, message = say("tensorCondition")): void => {
    const inner = withoutParentheses(node);
    if (isOne(inner)) found.push({ node: inner, message, hint: say("hintTensorCondition", { text: shortText(inner, file) }) });
  };
  const comparison = ({ left, right, operatorToken }: ts.BinaryExpression, node: ts.Node): void => {
    if (!isOne(left) || !isOne(right)) return;
    const operator = ts.tokenToString(operatorToken.kind)!;
    const [a, b] = [shortText(left, file), shortText(right, file)];
    const has = (name: string): boolean => checker.getPropertyOfType(checker.getTypeAtLocation(left), name) !== undefined;
    const cures = ["equal", "eq"].filter(has).map((name) => `\`${a}.${name}(${b})\``);
    found.push({ node, message: say("tensorIdentity", { operator }), hint: say("hintTensorIdentity", { operator, cure: [...cures, `\`Object.is(${a}, ${b})\``].join(" / ") }) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) condition(node.expression);
    else if (ts.isForStatement(node) && node.condition !== undefined) condition(node.condition);
    else if (ts.isConditionalExpression(node)) condition(node.condition);
    else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) condition(node.operand, say("tensorNegation"));
    else if (ts.isBinaryExpression(node)) {
      if (EQUALITIES.has(node.operatorToken.kind)) comparison(node, node);
      else if (LOGICAL.has(node.operatorToken.kind)) condition(node.left);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const EQUALITIES: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

const LOGICAL: ReadonlySet<ts.SyntaxKind> = new Set([ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken]);

function withoutParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? withoutParentheses(node.expression) : node;
}

/** An expression as it may be put into a hint. */
export function shortText(node: ts.Node, file: ts.SourceFile): string {
  const text = node.getText(file);
  if (text.length > 40 || text.includes("\n")) return "…";
  const isSimple = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) || ts.isElementAccessExpression(node);
  return isSimple ? text : `(${text})`;
}
