/**
 * Syntax that V8 does not run and that blanking cannot remove.
 *
 * Enums and parameter properties are rewritten in place. Namespaces, decorated classes, auto-accessors, blocks with `using`
 * and JSX go through TypeScript's own emitter, one by one, and its source map becomes anchors of our edit list.
 */
import ts from "#typescript";
import { hasModifier, skipTrivia, type CellContext } from "./context.ts";
import { Edits } from "./edits.ts";
import { rewriteHostCall } from "./host-calls.ts";
import { isElement } from "./jsx.ts";
import { keepLines } from "./line-layout.ts";
import { say } from "../messages/say.ts";

/** Whether an enum member's value is a string, judged from its syntax as `isolatedModules` asks. */
function isStringValue(node: ts.Expression, enumName: string, strings: ReadonlySet<string>): boolean {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return true;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
    return isStringValue(node.expression, enumName, strings);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return isStringValue(node.left, enumName, strings) || isStringValue(node.right, enumName, strings);
  }
  if (ts.isIdentifier(node)) return strings.has(node.text);
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    return node.expression.text === enumName && strings.has(node.name.text);
  }
  return false;
}

/**
 * Rewrites an enum as the object that TypeScript makes of it, each member on its own line.
 * @param merges Whether an earlier declaration of the same name in the same scope is added to.
 * @param visit Visits the initialisers, for type syntax and host calls inside them.
 */
export function rewriteEnum(node: ts.EnumDeclaration, merges: boolean, context: CellContext, visit: (node: ts.Node) => void): void {
  const { edits, file } = context;
  const name = node.name.text;
  const members = new Set<string>();
  const strings = new Set<string>();
  const open = skipTrivia(edits.source, node.name.end);
  edits.replace(node.getStart(file), open + 1, merges ? `;((${name}) => {` : `${exportOf(node, context)}let ${name} = ((${name}) => {`);
  let previous: string | undefined;
  for (const member of node.members) {
    const text = ts.isIdentifier(member.name) || ts.isStringLiteralLike(member.name) ? member.name.text : undefined;
    if (text === undefined) return context.fail(say("enumMemberName"), member.name.getStart(file));
    const key = JSON.stringify(text);
    const start = member.getStart(file);
    if (member.initializer === undefined) {
      const value = previous === undefined ? "0" : `${name}[${previous}] + 1`;
      edits.replace(start, member.end, `${name}[${name}[${key}] = ${value}] = ${key};`);
    } else {
      const isString = isStringValue(member.initializer, name, strings);
      edits.replace(start, member.initializer.getStart(file), isString ? `${name}[${key}] = ` : `${name}[${name}[${key}] = `);
      qualifyMembers(member.initializer, name, members, context);
      visit(member.initializer);
      edits.insert(member.initializer.end, isString ? ";" : `] = ${key};`);
      if (isString) strings.add(text);
    }
    members.add(text);
    previous = key;
    const comma = skipTrivia(edits.source, member.end);
    if (edits.source[comma] === ",") edits.blank(comma, comma + 1);
  }
  edits.replace(node.end - 1, node.end, merges ? `})(${name});` : `return ${name}; })({});`);
}

/** The `export` that a rewritten declaration keeps: in a module only. */
export function exportOf(node: ts.Node, context: CellContext): string {
  return context.kind === "module" && hasModifier(node, ts.SyntaxKind.ExportKeyword) ? "export " : "";
}

/** An earlier member is in scope by its bare name inside an initialiser: `B = A << 1`. */
function qualifyMembers(node: ts.Node, enumName: string, members: ReadonlySet<string>, context: CellContext): void {
  if (ts.isPropertyAccessExpression(node)) return qualifyMembers(node.expression, enumName, members, context);
  if (ts.isIdentifier(node) && members.has(node.text)) context.edits.insert(node.getStart(context.file), `${enumName}.`);
  else if (!ts.isTypeNode(node)) ts.forEachChild(node, (child) => qualifyMembers(child, enumName, members, context));
}

/** Whether a parameter of a constructor also declares a property: `constructor(private x: number)`. */
export function isParameterProperty(node: ts.ParameterDeclaration): boolean {
  return ts.isParameterPropertyDeclaration(node, node.parent);
}

/** Declares and assigns what a constructor's parameter properties ask for. Their modifiers are erased elsewhere. */
export function rewriteParameterProperties(node: ts.ClassLikeDeclaration, { edits, file }: CellContext): void {
  const constructor = node.members.find((member) => ts.isConstructorDeclaration(member) && member.body !== undefined);
  if (constructor === undefined || !ts.isConstructorDeclaration(constructor)) return;
  const names = constructor.parameters.filter(isParameterProperty).map((parameter) => parameter.name.getText(file));
  if (names.length === 0) return;
  edits.insert(node.members.pos, ` ${names.map((name) => `${name};`).join(" ")}`);
  const assignments = names.map((name) => `this.${name} = ${name};`).join(" ");
  const statements = constructor.body!.statements;
  const superCall = statements.find(
    (each) => ts.isExpressionStatement(each) && ts.isCallExpression(each.expression) && each.expression.expression.kind === ts.SyntaxKind.SuperKeyword,
  );
  // A directive prologue must stay first.
  const after = superCall ?? statements.filter((each, index) => isDirective(each) && statements.slice(0, index).every(isDirective)).at(-1);
  if (after === undefined) edits.insert(statements.pos, ` ${assignments}`);
  else edits.insert(after.end, `; ${assignments}`);
}

function isDirective(node: ts.Statement): boolean {
  return ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression);
}

/** Whether a class uses what only TypeScript's emitter can remove: decorators or `accessor`. */
export function needsEmitter(node: ts.ClassLikeDeclaration): boolean {
  const decorated = (each: ts.Node): boolean => ts.canHaveDecorators(each) && (ts.getDecorators(each)?.length ?? 0) > 0;
  return decorated(node) || node.members.some((member) => decorated(member) || hasModifier(member, ts.SyntaxKind.AccessorKeyword));
}

/** Whether a list of statements declares with `using` or `await using`. */
export function hasUsing(statements: readonly ts.Statement[]): boolean {
  return statements.some((statement) => ts.isVariableStatement(statement) && isUsing(statement.declarationList));
}

/** Whether a declaration list is one of `using` or `await using`. */
export function isUsing(list: ts.VariableDeclarationList): boolean {
  const kind = list.flags & ts.NodeFlags.BlockScoped;
  return kind === ts.NodeFlags.Using || kind === ts.NodeFlags.AwaitUsing;
}

/**
 * Replaces a node by what TypeScript's emitter makes of it. A class expression is emitted as a constant, `nameOfClass`.
 * @param before Code put in front of the emitted code, in the same replacement.
 * @param after Code put behind it.
 * @returns Whether anything was emitted: a namespace of types alone vanishes.
 */
export function emitNode(node: ts.Node, before: string, after: string, context: CellContext): boolean {
  const { file, edits } = context;
  const inner = new Edits(edits.source);
  const visit = (child: ts.Node): void => {
    const visitChildren = (): void => ts.forEachChild(child, visit);
    if (context.kind === "cell") rewriteHostCall(child, file, inner, visitChildren);
    else visitChildren();
  };
  if (ts.canHaveModifiers(node)) {
    for (const modifier of ts.getModifiers(node) ?? []) {
      if (modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword) {
        inner.blank(modifier.getStart(file), modifier.end);
      }
    }
  }
  visit(node);
  if (ts.isClassExpression(node)) {
    inner.prepend(`const ${nameOfClass(node)} = `);
    inner.append(";");
  }
  const rendered = inner.render(node.getStart(file), node.end);
  const { jsx } = context;
  const emitted = ts.transpileModule(rendered.code, {
    fileName: jsx === undefined ? "emitted.ts" : "emitted.tsx",
    compilerOptions: {
      // The directive of strict code may stand in front of a statement and not of an expression.
      alwaysStrict: !isElement(node),
      ...(jsx && { jsx: ts.JsxEmit.React, jsxFactory: jsx.factory, jsxFragmentFactory: jsx.fragment }),
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      sourceMap: true,
      experimentalDecorators: false,
      useDefineForClassFields: true,
      // A line comment would swallow what is laid out behind it.
      removeComments: true,
    },
  });
  let output = emitted.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, "").replace(/\bexport \{\};\s*$/, "").trimEnd();
  // An expression is emitted as a statement.
  if (isElement(node)) output = output.replace(/;$/, "");
  if (output.replace('"use strict";', "").trim() === "") return false;
  const starts = [0];
  for (const found of rendered.code.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(found.index + found[0].length);
  const places = decodeAnchors(emitted.sourceMapText ?? "", output);
  const { code, moved } = keepLines(output, places, starts.length - 1);
  const anchors = places.map(({ offset, line, column }) => ({
    offset: before.length + moved(offset),
    source: rendered.edits.originalOffset((starts[line] ?? 0) + column),
  }));
  edits.replace(node.getStart(file), node.end, before + code + after, anchors);
  return true;
}

/** The name a class expression has at run time: its own, that of the variable it is given to, or one of ours. */
export function nameOfClass(node: ts.ClassExpression): string {
  if (node.name !== undefined) return node.name.text;
  return ts.isVariableDeclaration(node.parent) && ts.isIdentifier(node.parent.name) ? node.parent.name.text : "decorated";
}

interface MappedPlace {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Reads the mappings of a source map (ECMA-426, version 3) with one source. Lines and columns count from 0. */
function decodeAnchors(map: string, code: string): MappedPlace[] {
  const mappings = map === "" ? "" : (JSON.parse(map) as { mappings: string }).mappings;
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const places: MappedPlace[] = [];
  let lineStart = 0;
  let line = 0;
  let column = 0;
  for (const group of mappings.split(";")) {
    let generated = 0;
    for (const segment of group === "" ? [] : group.split(",")) {
      const fields: number[] = [];
      let value = 0;
      let shift = 0;
      for (const digit of segment) {
        const bits = digits.indexOf(digit);
        value |= (bits & 31) << shift;
        shift += 5;
        if ((bits & 32) === 0) {
          fields.push(value & 1 ? -(value >>> 1) : value >>> 1);
          value = 0;
          shift = 0;
        }
      }
      generated += fields[0] ?? 0;
      if (fields.length < 4) continue;
      line += fields[2]!;
      column += fields[3]!;
      const offset = lineStart + generated;
      if (offset <= code.length) places.push({ offset, line, column });
    }
    const next = code.indexOf("\n", lineStart);
    if (next < 0) break;
    lineStart = next + 1;
  }
  return places;
}

