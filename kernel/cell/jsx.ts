/**
 * JSX: elements written as `<Name property={value}>children</Name>`, which become calls.
 *
 * Few cells have any, so no cell pays for it: a text is read for JSX only when it is no plain TypeScript. Which function is
 * called is said by a comment, as to TypeScript itself: `@jsx h` and `@jsxFrag Fragment`, or `@jsxImportSource preact` for
 * a package that brings its own; without one it is `React.createElement`.
 * https://www.typescriptlang.org/docs/handbook/jsx.html
 */
import ts from "#typescript";

/** What elements become calls of. */
export interface JsxCalls {
  readonly factory: string;
  readonly fragment: string;
  /** The module that brings the functions; not there when the text names them itself. */
  readonly runtime?: string;
}

/** The names that stand for what a package brings. */
const RUNTIME_FACTORY = "__jsx";
const RUNTIME_FRAGMENT = "__jsxFragment";

/** A function as a comment may name it. */
const NAME = "[\\w$.]+";

/** What every text with JSX has somewhere. */
const HINT = /<[\p{ID_Start}$_>]/u;

/** Whether it is worth while to read a text that is no plain TypeScript once more. */
export function mayBeJsx(source: string): boolean {
  return HINT.test(source);
}

/** Whether an error of parsing is about an element that is not closed, or by another name: 17002, 17008, 17014 and 17015. */
export function isAboutElements(code: number): boolean {
  return code === 17002 || code === 17008 || code === 17014 || code === 17015;
}

/** Whether a node is JSX, with all that is in it. */
export function isElement(node: ts.Node): boolean {
  return ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node);
}

/** What a text's elements become calls of, by the comments in it. */
export function jsxCallsOf(source: string): JsxCalls {
  const said = (name: string, value: string): string | undefined => new RegExp(`/\\*(?:(?!\\*/)[^])*?@${name}\\s+(${value})`).exec(source)?.[1];
  const packageName = said("jsxImportSource", "[^\\s*]+");
  if (packageName !== undefined) return { factory: RUNTIME_FACTORY, fragment: RUNTIME_FRAGMENT, runtime: `${packageName}/jsx-runtime` };
  return { factory: said("jsx", NAME) ?? "React.createElement", fragment: said("jsxFrag", NAME) ?? "React.Fragment" };
}

/**
 * Declares the names that stand for what a package brings.
 * @param module The expression for the package's module.
 * @param keyword `let` in a cell, so that a later one may declare them again.
 */
export function declareRuntime(module: string, keyword: "let" | "const"): string {
  const children = "...(children.length > 0 && { children: children.length > 1 ? children : children[0] })";
  return (
    `${keyword} ${RUNTIME_FRAGMENT} = ${module}.Fragment; ` +
    `${keyword} ${RUNTIME_FACTORY} = ((runtime) => (type, props, ...children) => ` +
    `(children.length > 1 ? runtime.jsxs : runtime.jsx)(type, { ...props, ${children} }, props?.key))(${module}); `
  );
}
