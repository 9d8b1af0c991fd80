/**
 * What axe-core, the engine that most accessibility tests use, finds wrong in a part of the page. JupyterLab's own page has
 * violations of its own, so only what is inside the part is looked at.
 */
/// <reference lib="dom" />
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { paths } from "../../setup/paths.mjs";

const engine = readFileSync(path.join(paths.nodeModules, "axe-core", "axe.min.js"), "utf8");

interface Axe {
  run(part: string, options: object): Promise<{ readonly violations: readonly { readonly id: string; readonly impact: string | null; readonly help: string; readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[] }[] }>;
}

/**
 * The violations that keep somebody from using what is there (axe calls them serious or critical), one sentence for each
 * place.
 * @param part a selector; it must match something
 */
export async function seriousViolations(page: Page, part = ".nabla-view"): Promise<string[]> {
  await page.waitForSelector(part);
  await page.evaluate((text) => {
    if (!("axe" in window)) (0, eval)(text);
  }, engine);
  const violations = await page.evaluate(async (selector) => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run(selector, { resultTypes: ["violations"] });
    return violations;
  }, part);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} (${failureSummary?.replaceAll(/\s+/g, " ") ?? ""})`));
}
