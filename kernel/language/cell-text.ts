/**
 * A cell as the language service reads it: a module.
 *
 * What earlier cells declared comes in by a line in front of the cell's own text, and what the cell declares is exported
 * behind it. So a cell may declare again what another one declared, with another type, and each cell keeps the meaning that
 * a name had when it ran. The line in front has no line break, and every place of the cell is shifted by its length alone.
 */
import type { CellOutline, NameKind } from "../cell/outline.ts";

/** Where a name of an earlier cell comes from. */
export interface NameSource {
  /** The module name of the cell. */
  readonly module: string;
  readonly kind: NameKind;
}

/** A cell's module. */
export interface CellModule {
  readonly text: string;
  /** How far places of the cell are shifted in the text. UTF-16 units. */
  readonly shift: number;
}

/** Makes a cell's module. @param sources Where each name that the cell does not declare itself comes from. */
export function moduleOfCell(source: string, outline: CellOutline, sources: ReadonlyMap<string, NameSource>): CellModule {
  let lead = "";
  for (const [name, { module, kind }] of sources) {
    if (outline.names.has(name)) continue;
    // An import cannot be assigned to, and a later cell may assign to a variable.
    lead += kind === "assignable" ? `declare let ${name}: typeof import("${module}").${name};` : `import { ${name} } from "${module}";`;
  }
  const [open, close] = outline.isObject ? ["(", "\n)"] : ["", ""];
  return { text: `${lead}${open}${source}${close}\nexport { ${outline.unexported.join(", ")} };\n`, shift: lead.length + open.length };
}
