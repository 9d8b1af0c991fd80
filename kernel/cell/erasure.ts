/**
 * Blanks what only the type checker reads, in place, so that every line and column stays where it was.
 *
 * Most of the care goes to what a blank can break: a statement that now runs into the next line (a semicolon takes the
 * place of the first blanked character), a line break that moves in front of `=>`, an object that becomes a block.
 * Type syntax blanked by spaces is the idea of ts-blank-space (Bloomberg).
 */
import ts from "#typescript";
import { hasModifier, opensVariableScope, skipTrivia, type CellContext } from "./context.ts";
import { rewriteHostCall } from "./host-calls.ts";
import { isElement } from "./jsx.ts";
import { emitNode, exportOf, hasUsing, isParameterProperty, isUsing, nameOfClass, needsEmitter, rewriteEnum, rewriteParameterProperties } from "./lowering.ts";
import { say } from "../messages/say.ts";

/** What JavaScript has no word for. */
const ERASED_MODIFIERS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PublicKeyword,
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.AbstractKeyword,
  ts.SyntaxKind.OverrideKeyword,
  ts.SyntaxKind.DeclareKeyword,
]);

/** Turns TypeScript below a statement into JavaScript, and notes which names the cell uses as values and as types. */
export class Erasure {
  /** Names that stand somewhere for a value. */
  readonly valueNames = new Set<string>();
  /** Names that stand somewhere in a type. */
  readonly typeNames = new Set<string>();
  /** Names that `var` declares outside any function: they belong to the whole cell. */
  readonly variables = new Set<string>();
  readonly #context: CellContext;
  #scopeDepth = 0;

  constructor(context: CellContext) {
    this.#context = context;
  }

  /** Visits a node and everything below it. */
  readonly visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) {
      this.#noteTypes(node);
      return;
    }
    if (ts.isIdentifier(node)) {
      if (isReference(node)) this.valueNames.add(node.text);
      return;
    }
    const opensScope = opensVariableScope(node);
    if (opensScope) this.#scopeDepth++;
    if (this.#context.kind === "cell") rewriteHostCall(node, this.#context.file, this.#context.edits, () => this.#visitNode(node));
    else this.#visitNode(node);
    if (opensScope) this.#scopeDepth--;
  };

  /** Blanks a whole statement or class member; a semicolon in its place keeps its neighbours apart. */
  eraseWhole(node: ts.Node): void {
    this.#noteTypes(node);
    this.#context.edits.blank(this.#start(node), node.end, ";");
  }

  #visitNode(node: ts.Node): void {
    if (ts.isStatement(node) && this.#visitStatement(node)) return;
    if (ts.isClassLike(node)) return this.#visitClass(node);
    if (isElement(node)) return void this.#emit(node, "(", ")");
    if (ts.isFunctionLike(node)) return this.#visitFunction(node);
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
      this.visit(node.expression);
      this.#noteTypes(node.type);
      // `x as T` ends at a line break where `x` alone would go on: `x as T` above `(f)()`.
      const first = endsOpenStatement(node) ? ";" : "";
      this.#context.edits.blank(skipTrivia(this.#text, node.expression.end), node.end, first);
    } else if (ts.isNonNullExpression(node)) {
      this.visit(node.expression);
      this.#context.edits.blank(node.end - 1, node.end);
    } else if (ts.isTypeAssertionExpression(node)) {
      // Parentheses, since `=> <T>{}` and a statement that begins with `<T>function` would change their meaning.
      this.#noteTypes(node.type);
      this.#context.edits.blank(this.#start(node), skipTrivia(this.#text, node.type.end) + 1, "(");
      this.visit(node.expression);
      this.#context.edits.insert(node.end, ")");
    } else if (ts.isExpressionWithTypeArguments(node)) {
      this.visit(node.expression);
      this.#blankTypeList(node.typeArguments);
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node)) {
      this.visit(ts.isTaggedTemplateExpression(node) ? node.tag : node.expression);
      this.#blankTypeList(node.typeArguments);
      if (ts.isTaggedTemplateExpression(node)) this.visit(node.template);
      else node.arguments?.forEach(this.visit);
    } else if (ts.isVariableDeclarationList(node)) this.#visitVariables(node);
    else if (ts.isVariableDeclaration(node)) {
      this.visit(node.name);
      this.#blankToken(node.exclamationToken);
      this.#blankAnnotation(node.type);
      if (node.initializer !== undefined) this.visit(node.initializer);
    } else if (ts.isParameter(node)) this.#visitParameter(node);
    else if (ts.isBlock(node) && hasUsing(node.statements)) this.#emit(node, "{ ", " }");
    else ts.forEachChild(node, this.visit);
  }

  /** Handles statements that are more than their children. */
  #visitStatement(node: ts.Statement): boolean {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || hasModifier(node, ts.SyntaxKind.DeclareKeyword)) {
      this.eraseWhole(node);
      return true;
    }
    if (ts.isFunctionDeclaration(node) && node.body === undefined) {
      this.eraseWhole(node);
      return true;
    }
    if (ts.isVariableStatement(node)) this.#blankModifiers(node);
    if (ts.isEnumDeclaration(node)) {
      rewriteEnum(node, this.#merges(node, node.name.text), this.#context, this.visit);
      return true;
    }
    if (ts.isModuleDeclaration(node)) {
      this.#visitNamespace(node);
      return true;
    }
    if (ts.isClassDeclaration(node) && needsEmitter(node)) {
      this.#emitClass(node);
      return true;
    }
    if ((ts.isForOfStatement(node) || ts.isForStatement(node)) && node.initializer !== undefined) {
      if (ts.isVariableDeclarationList(node.initializer) && isUsing(node.initializer)) {
        this.#context.fail(say("usingInLoop"), this.#start(node.initializer));
      }
    }
    return false;
  }

  /** Leaves a node to TypeScript's emitter; the names in it are noted all the same. */
  #emit(node: ts.Node, before: string, after: string): boolean {
    this.#noteNames(node);
    return emitNode(node, before, after, this.#context);
  }

  #noteNames(node: ts.Node): void {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return this.#noteTypes(node);
    if (ts.isIdentifier(node) && isReference(node)) this.valueNames.add(node.text);
    ts.forEachChild(node, (child) => this.#noteNames(child));
  }

  #emitClass(node: ts.ClassDeclaration): void {
    const name = node.name?.text;
    if (name === undefined) this.#context.fail(say("decoratedClassName"), this.#start(node));
    const isDefault = this.#context.kind === "module" && hasModifier(node, ts.SyntaxKind.DefaultKeyword);
    const before = `${isDefault ? "" : exportOf(node, this.#context)}let ${name} = (() => { `;
    this.#emit(node, before, ` return ${name}; })();${isDefault ? ` export { ${name} as default };` : ""}`);
  }

  #visitNamespace(node: ts.ModuleDeclaration): void {
    if (!ts.isIdentifier(node.name)) return this.eraseWhole(node);
    const name = node.name.text;
    const merges = this.#merges(node, name);
    const before = merges ? `;((__outer) => { var ${name} = __outer; ` : `${exportOf(node, this.#context)}let ${name} = (() => { var ${name} = {}; `;
    const after = merges ? ` })(${name});` : ` return ${name}; })();`;
    if (!this.#emit(node, before, after)) this.eraseWhole(node);
  }

  /** Whether an earlier statement beside a node declares a value of the same name, which the node then adds to. */
  #merges(node: ts.Statement, name: string): boolean {
    const siblings = (node.parent as ts.SourceFile | ts.Block).statements ?? [];
    return siblings.slice(0, siblings.indexOf(node)).some(
      (each) =>
        (ts.isEnumDeclaration(each) || ts.isModuleDeclaration(each) || ts.isClassDeclaration(each) || ts.isFunctionDeclaration(each)) &&
        each.name?.text === name &&
        !hasModifier(each, ts.SyntaxKind.DeclareKeyword),
    );
  }

  #visitClass(node: ts.ClassLikeDeclaration): void {
    if (needsEmitter(node)) {
      if (ts.isClassExpression(node)) this.#emit(node, "((() => { ", ` return ${nameOfClass(node)}; })())`);
      return;
    }
    this.#blankModifiers(node);
    if (node.name !== undefined) this.visit(node.name);
    else if (ts.isClassDeclaration(node) && this.#context.kind === "cell") {
      // `export default class {}`: a declaration needs a name, an expression does not.
      this.#context.edits.insert(skipTrivia(this.#text, node.modifiers?.end ?? node.pos), "0, ");
    }
    this.#blankTypeList(node.typeParameters);
    for (const clause of node.heritageClauses ?? []) {
      if (clause.token === ts.SyntaxKind.ExtendsKeyword) clause.types.forEach(this.visit);
      else {
        this.#noteTypes(clause);
        this.#context.edits.blank(this.#start(clause), clause.end);
      }
    }
    rewriteParameterProperties(node, this.#context);
    node.members.forEach((member) => this.#visitMember(member));
  }

  #visitMember(member: ts.ClassElement): void {
    const hasNoBody = (ts.isFunctionLike(member) && !("body" in member && member.body !== undefined)) || ts.isIndexSignatureDeclaration(member);
    const isAmbient = hasModifier(member, ts.SyntaxKind.DeclareKeyword) || hasModifier(member, ts.SyntaxKind.AbstractKeyword);
    if (hasNoBody || isAmbient) return this.eraseWhole(member);
    this.#blankModifiers(member);
    if (!ts.isPropertyDeclaration(member)) return this.visit(member);
    this.#scopeDepth++;
    this.visit(member.name);
    const mark = member.questionToken ?? member.exclamationToken;
    // A field without a semicolon may run into the next member once its type is gone: `get: T` above `x() {}`.
    const semicolon = member.initializer === undefined && this.#text[member.end - 1] !== ";" ? ";" : "";
    if (mark !== undefined) this.#context.edits.blank(mark.getStart(this.#context.file), mark.end, semicolon);
    this.#blankAnnotation(member.type, mark === undefined ? semicolon : "");
    if (member.initializer !== undefined) this.visit(member.initializer);
    this.#scopeDepth--;
  }

  #visitFunction(node: ts.SignatureDeclaration): void {
    const { edits, file } = this.#context;
    if (node.name !== undefined) this.visit(node.name);
    if ("questionToken" in node) this.#blankToken(node.questionToken);
    const isArrow = ts.isArrowFunction(node);
    const typeParameters = node.typeParameters;
    if (typeParameters !== undefined) {
      const open = typeParameters.pos - 1;
      const close = skipTrivia(this.#text, typeParameters.end) + 1;
      typeParameters.forEach((each) => this.#noteTypes(each));
      if (isArrow && /[\n\r\u2028\u2029]/.test(this.#text.slice(open, close))) {
        // No line break may stand between `async` and its parameter list: the parenthesis moves up.
        edits.blank(open, close, "(");
        const parenthesis = skipTrivia(this.#text, close);
        edits.blank(parenthesis, parenthesis + 1);
      } else edits.blank(open, close);
    }
    const self = node.parameters[0];
    if (self !== undefined && ts.isIdentifier(self.name) && self.name.text === "this") {
      this.#noteTypes(self);
      edits.blank(self.getStart(file), node.parameters[1]?.pos ?? node.parameters.end);
      node.parameters.slice(1).forEach(this.visit);
    } else node.parameters.forEach(this.visit);
    if (node.type !== undefined) this.#visitReturnType(node, node.type);
    if (isArrow) this.visit(node.body);
    else if ("body" in node && node.body !== undefined) this.visit(node.body as ts.Node);
  }

  #visitReturnType(node: ts.SignatureDeclaration, type: ts.TypeNode): void {
    this.#noteTypes(type);
    const { edits, file } = this.#context;
    const parenthesis = skipTrivia(this.#text, node.parameters.end);
    if (ts.isArrowFunction(node)) {
      const arrow = node.equalsGreaterThanToken.getStart(file);
      if (/[\n\r\u2028\u2029]/.test(this.#text.slice(parenthesis, arrow))) {
        // No line break may stand in front of `=>`: the parenthesis moves down to it.
        edits.blank(parenthesis, arrow);
        edits.insert(arrow, ")");
        return;
      }
    }
    edits.blank(type.pos - 1, type.end);
  }

  #visitParameter(node: ts.ParameterDeclaration): void {
    if (isParameterProperty(node) && !ts.isIdentifier(node.name)) {
      this.#context.fail(say("parameterPropertyPattern"), this.#start(node));
    }
    for (const modifier of ts.getModifiers(node) ?? []) this.#blankToken(modifier);
    this.visit(node.name);
    this.#blankToken(node.questionToken);
    this.#blankAnnotation(node.type);
    if (node.initializer !== undefined) this.visit(node.initializer);
  }

  /**
   * `var` outside functions: V8 keeps such names, unlike `let`, as fixed properties of the global object, where a later
   * cell can no longer declare them as anything else. They are declared by a `let` at the top of the cell instead.
   */
  #visitVariables(node: ts.VariableDeclarationList): void {
    const { edits } = this.#context;
    if (this.#context.kind === "module") return node.declarations.forEach(this.visit);
    if (isUsing(node) && ts.isSourceFile(node.parent.parent)) {
      this.#context.fail(say("usingAtTop"), this.#start(node));
    }
    const kind = node.flags & ts.NodeFlags.BlockScoped;
    if (kind === ts.NodeFlags.Const && ts.isVariableStatement(node.parent) && ts.isSourceFile(node.parent.parent)) {
      // V8 lets a later cell declare a `let` again as `let` or `class`, but neither of them over a `const`.
      edits.replace(this.#start(node), this.#start(node) + "const".length, "let  ");
    }
    const isVar = kind === 0;
    if (!isVar || this.#scopeDepth > 0) return node.declarations.forEach(this.visit);
    node.declarations.forEach((each) => this.#declare(each.name));
    const start = this.#start(node);
    const keywordEnd = start + "var".length;
    const parent = node.parent;
    if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) {
      edits.blank(start, keywordEnd);
      return node.declarations.forEach(this.visit);
    }
    const isStatement = ts.isVariableStatement(parent);
    const isListed = isStatement && "statements" in parent.parent;
    edits.blank(start, keywordEnd, isListed ? ";" : "");
    if (node.declarations.every((each) => each.initializer === undefined)) {
      edits.blank(keywordEnd, node.end, isStatement ? ";" : "");
      node.declarations.forEach((each) => each.type !== undefined && this.#noteTypes(each.type));
      return;
    }
    // Assignments, in parentheses for those that begin with a brace.
    edits.insert(node.declarations[0]!.getStart(this.#context.file), "(");
    node.declarations.forEach(this.visit);
    edits.insert(node.end, isStatement && this.#text[parent.end - 1] !== ";" ? ");" : ")");
  }

  #declare(name: ts.BindingName): void {
    if (ts.isIdentifier(name)) this.variables.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) this.#declare(element.name);
  }

  #noteTypes(node: ts.Node): void {
    if (ts.isIdentifier(node)) this.typeNames.add(node.text);
    else ts.forEachChild(node, (child) => this.#noteTypes(child));
  }

  #blankModifiers(node: ts.Node): void {
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
    modifiers.forEach((modifier, index) => {
      const isExport = modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword;
      // `export` means nothing in a cell.
      if (isExport ? this.#context.kind === "module" : !ERASED_MODIFIERS.has(modifier.kind)) return;
      // Without it, `private ["x"]` would continue the member above.
      const first = index === 0 && ts.isClassElement(node) ? ";" : "";
      this.#context.edits.blank(this.#start(modifier), modifier.end, first);
    });
  }

  #blankTypeList(list: ts.NodeArray<ts.Node> | undefined): void {
    if (list === undefined) return;
    list.forEach((each) => this.#noteTypes(each));
    this.#context.edits.blank(list.pos - 1, skipTrivia(this.#text, list.end) + 1);
  }

  /** Blanks a type with the colon in front of it. */
  #blankAnnotation(type: ts.TypeNode | undefined, first = ""): void {
    if (type === undefined) return;
    this.#noteTypes(type);
    this.#context.edits.blank(type.pos - 1, type.end, first);
  }

  #blankToken(token: ts.Node | undefined): void {
    if (token !== undefined) this.#context.edits.blank(this.#start(token), token.end);
  }

  get #text(): string {
    return this.#context.edits.source;
  }

  #start(node: ts.Node): number {
    return node.getStart(this.#context.file);
  }
}

/** Whether a node is the last thing in a statement or field that no semicolon ends. */
function endsOpenStatement(node: ts.Node): boolean {
  for (let at: ts.Node = node; !ts.isSourceFile(at) && at.end === node.end; at = at.parent) {
    if (ts.isVariableStatement(at)) return (at.declarationList.flags & ts.NodeFlags.BlockScoped) !== 0;
    if (ts.isExpressionStatement(at) || ts.isReturnStatement(at)) return true;
    if (ts.isThrowStatement(at) || ts.isPropertyDeclaration(at) || ts.isExportAssignment(at)) return true;
  }
  return false;
}

/** Whether an identifier stands for a variable, and not for the name of a property or label. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
  if (ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isJsxAttribute(parent)) return parent.name !== node;
  return true;
}
