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

/** What is said about cells that run one after the other. */
function problemsOf(sources: readonly string[]): string {
  service.forget();
  const lines = sources.flatMap((source, index) => {
    const url = `cell:${index + 1}`;
    service.add([{ url, source, executionCount: index + 1 }], []);
    return service.check(url).lines;
  });
  return lines.join("\n");
}

test.each(readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb")))("%s", (name) => {
  const { cells } = JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as { cells: { cell_type: string; source: string | string[] }[] };
  const sources = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => (Array.isArray(source) ? source.join("") : source));
  expect(sources.length).toBeGreaterThan(0);
  expect(problemsOf(sources)).toBe("");
});

test("a problem in a chapter would be told", () => {
  expect(problemsOf(['import { tensor } from "nabla"', "const shape: string = tensor([1]).shape"])).toContain("not assignable");
});
