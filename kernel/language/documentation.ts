/** What a declaration says of itself: TypeScript's TSDoc parts as plain text and as Markdown. */
import ts from "#typescript";
import { say } from "../messages/say.ts";
import type { MessageKey } from "../messages/table.ts";

/** A text in both forms. */
export interface Described {
  readonly plain: string;
  readonly markdown: string;
}

/** The headings of the tags that are shown; any other tag is for tools. */
const HEADINGS: Readonly<Record<string, MessageKey>> = { returns: "returns", return: "returns", throws: "throws", example: "example" };
const PARAMETERS = new Set(["param", "arg", "argument", "typeParam"]);

/** Documentation and tags, paragraphs apart by an empty line. */
export function describe(documentation: readonly ts.SymbolDisplayPart[] | undefined, tags: readonly ts.JSDocTagInfo[] | undefined): Described {
  const plain: string[] = [];
  const markdown: string[] = [];
  const text = plainText(documentation);
  if (text !== "") {
    plain.push(text);
    markdown.push(text);
  }
  const parameters = (tags ?? []).filter(({ name, text: parts }) => PARAMETERS.has(name) && parts !== undefined).map(({ text: parts }) => parameter(parts!));
  if (parameters.length > 0) {
    plain.push([`${say("parameters")}:`, ...parameters.map(({ name, about }) => `  ${name}: ${about.replaceAll("\n", "\n    ")}`)].join("\n"));
    markdown.push([`**${say("parameters")}**`, "", ...parameters.map(({ name, about }) => `- \`${name}\`: ${about.replaceAll("\n", "\n  ")}`)].join("\n"));
  }
  for (const { name, text: parts } of tags ?? []) {
    const heading = HEADINGS[name];
    const about = plainText(parts);
    if (heading === undefined || about === "") continue;
    plain.push(name === "example" ? `${say(heading)}:\n${about}` : `${say(heading)}: ${about}`);
    markdown.push(name === "example" ? `**${say(heading)}**\n\n${asCode(about)}` : `**${say(heading)}** ${about}`);
  }
  return { plain: plain.join("\n\n"), markdown: markdown.join("\n\n") };
}

/** A parameter's tag: its name, and what is said of it without the dash that some write between. */
function parameter(parts: readonly ts.SymbolDisplayPart[]): { name: string; about: string } {
  const text = plainText(parts);
  const name = /^\S+/.exec(text)?.[0] ?? "";
  return { name, about: text.slice(name.length).replace(/^\s*(?:-\s+)?/, "") };
}

/** An example is code, with or without a fence of its own. */
function asCode(text: string): string {
  return text.includes("```") ? text : `\`\`\`typescript\n${text}\n\`\`\``;
}

/** `{@link x}` becomes the name that it links to. */
export function plainText(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return ts.displayPartsToString(parts === undefined ? [] : [...parts]).replace(/\{@link(?:code|plain)?\s+([^}|\s]+)(?:\s*\|?\s*([^}]*))?\}/g, (_, target: string, label?: string) => label?.trim() || target).trim();
}

/** A text of TypeScript's without the files in front of names: `import("/a/b").T` is `T`, and a module is its last name. */
export function withoutPaths(text: string): string {
  return text.replace(/(typeof )?import\("([^"]*)"\)(\.)?/g, (_, typeOf: string | undefined, path: string, dot: string | undefined) => {
    const name = path.replace(/\/index$/, "").replace(/^.*\//, "");
    return (typeOf ?? "") + (dot === undefined ? `import("${name}")` : "");
  });
}
