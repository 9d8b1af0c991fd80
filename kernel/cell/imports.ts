/**
 * Static `import` and `export` in a cell.
 *
 * The kernel loads what a cell imports before it runs the cell, so an import is a declaration at the top of the cell that
 * reads from `__kernel.module(url, index)`. `export` has no meaning in a cell and is dropped; what it declares stays.
 */
import ts from "#typescript";
import { hasModifier, type CellContext } from "./context.ts";
import type { Erasure } from "./erasure.ts";
import { declareRuntime } from "./jsx.ts";
import { say } from "../messages/say.ts";

/** One module that a cell wants loaded before it runs. */
export interface ImportRequest {
  readonly specifier: string;
  /** The number under which the cell's code asks for it: `__kernel.module(url, index)`. */
  readonly index: number;
  /** The names that the module must export: those the cell imports, but for names that it uses as types alone. */
  readonly names: readonly string[];
  /** Where the specifier stands in the cell, for an error of loading; both count from 1. */
  readonly line: number;
  readonly column: number;
}

interface Import {
  readonly specifier: string;
  /** The offset that an error of loading names. */
  readonly at: number;
  /** What the cell imports by name, with the local name of each. */
  readonly names: readonly { readonly exported: string; readonly local: string }[];
  /** Makes the declarations, given the expression for the module. */
  readonly declare: (module: string) => string;
}

/** Gathers a cell's imports. */
export class Imports {
  readonly #imports: Import[] = [];
  readonly #context: CellContext;
  readonly #erasure: Erasure;

  constructor(context: CellContext, erasure: Erasure) {
    this.#context = context;
    this.#erasure = erasure;
  }

  /** Handles a statement that is about modules. @returns Whether it was one. */
  visit(node: ts.Statement): boolean {
    if (ts.isImportDeclaration(node)) this.#visitImport(node);
    else if (ts.isImportEqualsDeclaration(node)) this.#visitImportEquals(node);
    else if (ts.isExportDeclaration(node)) {
      if (!node.isTypeOnly && node.moduleSpecifier !== undefined) this.#add(node.moduleSpecifier, [], () => "");
      this.#context.edits.blank(node.getStart(this.#context.file), node.end, ";");
    } else if (ts.isExportAssignment(node)) {
      // `export default f()` is, in a cell, the value `f()`; behind a comma, `{` and `function` begin an expression.
      this.#context.edits.replace(node.getStart(this.#context.file), node.expression.getStart(this.#context.file), ";0, ");
      this.#erasure.visit(node.expression);
    } else if (ts.isNamespaceExportDeclaration(node)) this.#erasure.eraseWhole(node);
    else return false;
    return true;
  }

  /** Imports what a package brings for JSX. */
  addRuntime(specifier: string): void {
    this.#imports.push({ specifier, at: 0, names: [], declare: (module) => declareRuntime(module, "let") });
  }

  /** The declarations for the top of the cell, and the requests; called when the whole cell has been visited. */
  finish(url: string): { code: string; requests: ImportRequest[] } {
    const { file } = this.#context;
    const { valueNames, typeNames } = this.#erasure;
    let code = "";
    const requests = this.#imports.map(({ specifier, at, names, declare }, index): ImportRequest => {
      code += declare(`__kernel.module(${JSON.stringify(url)}, ${index})`);
      const isNeeded = ({ local }: { local: string }): boolean => valueNames.has(local) || !typeNames.has(local);
      const start = file.getLineAndCharacterOfPosition(at);
      return {
        specifier,
        index,
        names: [...new Set(names.filter(isNeeded).map((each) => each.exported))],
        line: start.line + 1,
        column: start.character + 1,
      };
    });
    return { code, requests };
  }

  #visitImport(node: ts.ImportDeclaration): void {
    const clause = node.importClause;
    this.#context.edits.blank(node.getStart(this.#context.file), node.end, ";");
    if (clause === undefined) return this.#add(node.moduleSpecifier, [], () => "");
    if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return;
    if (clause.phaseModifier !== undefined) {
      this.#context.fail(say("noImportDefer"), clause.getStart(this.#context.file));
    }
    const bindings = clause.namedBindings;
    const names: { exported: string; local: string }[] = [];
    if (clause.name !== undefined) names.push({ exported: "default", local: clause.name.text });
    if (bindings !== undefined && ts.isNamedImports(bindings)) {
      const values = bindings.elements.filter((element) => !element.isTypeOnly);
      // `import { type A } from "x"` still loads x for its effects, as with `verbatimModuleSyntax`.
      for (const element of values) names.push({ exported: (element.propertyName ?? element.name).text, local: element.name.text });
    }
    const namespace = bindings !== undefined && ts.isNamespaceImport(bindings) ? bindings.name.text : undefined;
    this.#add(node.moduleSpecifier, names, (module) => {
      const pattern = names.map(({ exported, local }) => (exported === local ? local : `${JSON.stringify(exported)}: ${local}`));
      const named = pattern.length > 0 ? `let { ${pattern.join(", ")} } = ${module}; ` : "";
      return named + (namespace === undefined ? "" : `let ${namespace} = ${module}; `);
    });
  }

  /** `import x = require("y")` is the module object of a CommonJS module, which a namespace holds as its default. */
  #visitImportEquals(node: ts.ImportEqualsDeclaration): void {
    const { edits, file } = this.#context;
    if (node.isTypeOnly || hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return this.#erasure.eraseWhole(node);
    const reference = node.moduleReference;
    if (ts.isExternalModuleReference(reference)) {
      edits.blank(node.getStart(file), node.end, ";");
      const name = node.name.text;
      this.#add(reference.expression, [], (module) => `let ${name} = ((module) => module.default ?? module)(${module}); `);
    } else edits.replace(node.getStart(file), node.name.getStart(file), "let ");
  }

  #add(specifier: ts.Expression, names: Import["names"], declare: Import["declare"]): void {
    if (!ts.isStringLiteral(specifier)) {
      return this.#context.fail(say("moduleNameInQuotes"), specifier.getStart(this.#context.file));
    }
    this.#imports.push({ specifier: specifier.text, at: specifier.getStart(this.#context.file), names, declare });
  }
}
