/**
 * Assignments to constants.
 *
 * A cell's `const` becomes `let` so that a later cell may declare the name again, which takes V8's own check away. An
 * assignment in the cell itself is refused here, before it runs, in the words of TypeScript's error 2588.
 */
import ts from "#typescript";
import type { CellContext } from "./context.ts";
import { say } from "../messages/say.ts";

/** @throws CellSyntaxError (through the context) at the first assignment to a constant or import of the cell. */
export function refuseConstantAssignments(context: CellContext): void {
  const { file, fail } = context;
  const constants = constantsOf(file);
  if (constants.size === 0) return;
  const targets: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    // A name that is declared a second time somewhere may be the other one: V8 decides at run time, or it is allowed.
    const declared = declaredName(node);
    if (declared !== undefined && constants.get(declared.text) !== declared) constants.delete(declared.text);
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) addTargets(node.left, targets);
    else if ((ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && isStep(node.operator)) addTargets(node.operand, targets);
    else if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && !ts.isVariableDeclarationList(node.initializer)) addTargets(node.initializer, targets);
    ts.forEachChild(node, visit);
  };
  visit(file);
  const found = targets.find((target) => constants.has(target.text));
  if (found !== undefined) fail(say("assignedConstant", { name: found.text }), found.getStart(file));
}

/** What the cell declares with `const` at its top, and what it imports: each name with the identifier that declares it. */
function constantsOf(file: ts.SourceFile): Map<string, ts.Identifier> {
  const constants = new Map<string, ts.Identifier>();
  const add = (node: ts.Node): void => {
    const name = declaredName(node);
    if (name !== undefined) constants.set(name.text, name);
    if (ts.isVariableDeclaration(node) && !ts.isIdentifier(node.name)) add(node.name);
    else if (ts.isBindingElement(node) && !ts.isIdentifier(node.name)) add(node.name);
    else if (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) node.elements.forEach(add);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const) {
      statement.declarationList.declarations.forEach(add);
    } else if (ts.isImportDeclaration(statement) && statement.importClause !== undefined) {
      const { namedBindings } = statement.importClause;
      add(statement.importClause);
      if (namedBindings !== undefined) {
        if (ts.isNamespaceImport(namedBindings)) add(namedBindings);
        else namedBindings.elements.forEach(add);
      }
    }
  }
  return constants;
}

/** The identifier that a node declares, if it declares one. */
function declaredName(node: ts.Node): ts.Identifier | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassLike(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isModuleDeclaration(node) ||
    ts.isImportClause(node) ||
    ts.isImportSpecifier(node) ||
    ts.isNamespaceImport(node);
  return declares && node.name !== undefined && ts.isIdentifier(node.name) ? node.name : undefined;
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function isStep(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
}

/** The identifiers that an assignment's left side writes to, through brackets, patterns and type syntax. */
function addTargets(node: ts.Node, targets: ts.Identifier[]): void {
  if (ts.isIdentifier(node)) targets.push(node);
  else if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node) || ts.isSpreadElement(node) || ts.isSpreadAssignment(node) || ts.isTypeAssertionExpression(node)) {
    addTargets(node.expression, targets);
  } else if (ts.isArrayLiteralExpression(node)) node.elements.forEach((element) => addTargets(element, targets));
  else if (ts.isObjectLiteralExpression(node)) node.properties.forEach((property) => addTargets(property, targets));
  else if (ts.isPropertyAssignment(node)) addTargets(node.initializer, targets);
  else if (ts.isShorthandPropertyAssignment(node)) addTargets(node.name, targets);
  else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) addTargets(node.left, targets);
}
