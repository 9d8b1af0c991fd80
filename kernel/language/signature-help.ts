/** The call that a place is inside of: its parameters, the one that is being written, what is said of it. */
import ts from "#typescript";
import { describe, plainText } from "./documentation.ts";
import type { Described } from "./documentation.ts";

export interface CallSignature extends Described {
  /** Where the name of what is called begins. */
  readonly callee: number;
}

/** @returns Nothing outside of the parentheses of a call. */
export function signatureAt(position: number, service: ts.LanguageService, fileName: string): CallSignature | undefined {
  const help = service.getSignatureHelpItems(fileName, position, undefined);
  const item = help?.items[help.selectedItemIndex];
  if (help === undefined || item === undefined) return undefined;
  const text = (parts: readonly ts.SymbolDisplayPart[]): string => ts.displayPartsToString([...parts]);
  const active = item.parameters[Math.min(help.argumentIndex, item.parameters.length - 1)];
  const parameters = item.parameters.map((each) => text(each.displayParts));
  const signature = text(item.prefixDisplayParts) + parameters.join(text(item.separatorDisplayParts)) + text(item.suffixDisplayParts);
  const others = help.items.length > 1 ? ` (+${help.items.length - 1})` : "";
  const { plain, markdown } = describe(item.documentation, item.tags);
  const about = active === undefined ? "" : plainText(active.documentation);
  const marked = active === undefined ? { plain: "", markdown: "" } : { plain: `▸ ${text(active.displayParts)}${about && `: ${about}`}`, markdown: `▸ **\`${text(active.displayParts)}\`**${about && ` ${about}`}` };
  return {
    plain: [signature + others, marked.plain, plain].filter((each) => each !== "").join("\n\n"),
    markdown: [`\`\`\`typescript\n${signature}${others}\n\`\`\``, marked.markdown, markdown].filter((each) => each !== "").join("\n\n"),
    callee: calleeOf(service.getProgram()!.getSourceFile(fileName)!, help.applicableSpan.start),
  };
}

/** The last name in front of the parentheses that begin before a place. */
function calleeOf(file: ts.SourceFile, argumentsStart: number): number {
  const before = file.text.slice(0, argumentsStart).replace(/\(?\s*$/, "");
  return before.length - /[\p{ID_Continue}$#]*$/u.exec(before)![0].length;
}
