/** The chapters have no type problems: a learner who runs one from top to bottom is shown none that are not his own. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CellLanguageService } from "../../dist/kernel/language/service.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(ROOT, "notebooks");
const before = process.cwd();
let service: CellLanguageService;
beforeAll(() => {
  process.chdir(FOLDER);
  process.env["NABLA_PACKAGES"] = ROOT;
  service = new CellLanguageService();
});
afterAll(() => process.chdir(before));

interface CodeCell {
  readonly source: string;
  /** Whether a problem is what the cell is there to show. */
  readonly isWrong?: boolean;
}

/** What is said about cells that run one after the other; nothing about those that ask for it. */
function problemsOf(cells: readonly CodeCell[]): string {
  service.forget();
  const lines = cells.flatMap(({ source, isWrong = false }, index) => {
    const url = `cell:${index + 1}`;
    service.add([{ url, source, executionCount: index + 1 }], []);
    return isWrong ? [] : service.check(url).lines;
  });
  return lines.join("\n");
}

test.each(readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb")))("%s", (name) => {
  const { cells } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as {
    cells: { cell_type: string; source: string | string[]; metadata: { tags?: string[] } }[];
  };
  const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source, metadata: { tags = [] } }): CodeCell => {
    const text = Array.isArray(source) ? source.join("") : source;
    return { source: text, isWrong: tags.includes("raises-exception") || text.startsWith("// @check off") };
  });
  expect(code.length).toBeGreaterThan(0);
  expect(problemsOf(code)).toBe("");
});

test("a problem in a chapter would be told", () => {
  expect(problemsOf([{ source: 'import { tensor } from "nabla"' }, { source: "const shape: string = tensor([1]).shape" }])).toContain("not assignable");
});
