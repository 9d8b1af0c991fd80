/**
 * A learner's first hour: start, change one number in the first chapter, restart and run all, save, close; start again
 * with the network cut, and find the change.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chapterNames } from "../../setup/course/hand-out.mjs";
import { paths } from "../../setup/paths.mjs";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import { startLab } from "./lab-server.ts";
import { cells, command, drawnFigures, isChart, openNotebook, runAll, setSource, strayErrors } from "./notebook-page.ts";

const withoutNetwork = {
  npm_config_registry: "http://127.0.0.1:9/",
  PIP_INDEX_URL: "http://127.0.0.1:9/simple",
  http_proxy: "http://127.0.0.1:9",
  https_proxy: "http://127.0.0.1:9",
};

/** The first number that a cell gives a name (`const epochs = 1000`), and the same text with one more. */
function oneMore(source: string): string | undefined {
  const named = /\b(const|let) \w+(?:: number)? = (\d+)(?=[;\n]|$)/.exec(source);
  if (named === null) return undefined;
  const [statement = "", , number = ""] = named;
  return source.replace(statement, statement.replace(new RegExp(`${number}$`), String(Number(number) + 1)));
}

let place: string;
let browser: Browser;
beforeAll(async () => {
  place = mkdtempSync(path.join(tmpdir(), "nabla-hour-"));
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(place, { recursive: true, force: true });
});

it("keeps the learner's change, and runs without a network after the first start", async () => {
  const first = chapterNames()[0] ?? "";
  let changed: { index: number; source: string } | undefined;

  const one = await startLab({ place });
  try {
    expect(one.log()).toContain(`Copied ${first}`);
    const page = await browser.openPage();
    await openNotebook(page, one.url, first);
    for (const { index, type, source } of await cells(page)) {
      const edited = type === "code" ? oneMore(source) : undefined;
      if (edited !== undefined) {
        changed = { index, source: edited };
        break;
      }
    }
    if (changed === undefined) throw new Error(`${first} names no number that a learner could change`);
    await setSource(page, changed.index, changed.source);
    await runAll(page);
    expect(await strayErrors(page)).toEqual([]);
    await command(page, "docmanager:save");
    await page.close();
  } finally {
    await one.stop();
  }

  const started = Date.now();
  const two = await startLab({ place, environment: withoutNetwork });
  try {
    console.log(`second start, until JupyterLab answers: ${((Date.now() - started) / 1000).toFixed(1)} s`);
    expect(two.log()).not.toContain("Copied");
    const page = await browser.openPage();
    await openNotebook(page, two.url, first);
    expect((await cells(page))[changed.index]?.source).toBe(changed.source);
    await runAll(page);
    expect(await strayErrors(page)).toEqual([]);
    const outputs = (await cells(page)).flatMap((cell) => cell.outputs);
    expect((await drawnFigures(page)).filter(({ element }) => element !== "img")).toHaveLength(outputs.filter(isChart).length);
  } finally {
    await two.stop();
  }
  expect(readFileSync(path.join(place, "work", first), "utf8")).not.toBe(readFileSync(path.join(paths.notebooks, first), "utf8"));
}, 600_000);
