/**
 * The feature-map explorer in a real JupyterLab, on a network whose sizes are drawn at random: what the page shows is
 * compared with tensors that a cell prints, and follows a weight that a cell changes.
 */
/// <reference lib="dom" />
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seriousViolations } from "./accessibility.ts";
import type { Browser } from "./browser.ts";
import { startBrowser } from "./browser.ts";
import type { LabServer } from "./lab-server.ts";
import { startLab } from "./lab-server.ts";
import { cells, openNotebook, runCell, setSource, useTheme, writeNotebook } from "./notebook-page.ts";

const screenshots = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots-out");
const seed = Number(process.env["NABLA_SEED"] ?? Date.now() % 100_000);
let drawnNumbers = seed;
const draw = (low: number, high: number): number => {
  drawnNumbers = (Math.imul(drawnNumbers, 1_664_525) + 1_013_904_223) >>> 0;
  return low + Math.floor((drawnNumbers / 2 ** 32) * (high - low + 1));
};

const [channels, maps, height, width] = [2 * draw(0, 1) + 1, 2 * draw(1, 3) + 1, draw(14, 20), draw(13, 19)];
const [stride, padding, dilation] = [draw(1, 2), draw(0, 2), draw(1, 2)];
const network = `import { inspect, manualSeed, nn, noGrad, rand } from "nabla";
import type { Tensor } from "nabla";
manualSeed(${seed});
class Network extends nn.Module {
  first = new nn.Conv2d(${channels}, ${maps}, [3, 2], { stride: ${stride}, padding: ${padding}, dilation: ${dilation} });
  twice = new nn.Conv2d(${maps}, ${maps}, 3, { padding: "same", groups: ${maps} });
  branch = new nn.Conv2d(${maps}, ${maps}, 1, { bias: false });
  pool = new nn.MaxPool2d(2);
  override forward(x: Tensor): Tensor {
    const h = this.first.forward(x);
    return this.pool.forward(this.twice.forward(this.twice.forward(h)).add(this.branch.forward(h)).relu());
  }
}
const model = new Network();
const x = rand([2, ${channels}, ${height}, ${width}]);`;
const open = "const explorer = inspect.featureMaps(model, x, { example: 1 }); explorer";
const print = `console.log(JSON.stringify(noGrad(() => {
  const first = model.first.forward(x);
  const [one, two, side] = [model.twice.forward(first), model.twice.forward(model.twice.forward(first)), model.branch.forward(first)];
  return { first, twice: one, "twice (2)": two, branch: side, relu: two.add(side).relu(), pool: model.forward(x) };
}), (_, value) => (value instanceof Object && "toArray" in value ? value.toArray() : value)))`;

let server: LabServer;
let browser: Browser;
let page: Page;
const view = (): Locator => page.locator(".nabla-features").first();
const explained = (): Locator => view().locator(".nabla-features-explained");

/** The tensors of the second example as a cell prints them. */
async function tensors(): Promise<Record<string, number[][][]>> {
  await runCell(page, 2);
  const [output] = (await cells(page))[2]!.outputs;
  const printed = JSON.parse([output?.text ?? ""].flat().join("")) as Record<string, number[][][][]>;
  return Object.fromEntries(Object.entries(printed).map(([name, batch]) => [name, batch[1]!]));
}

interface Shown {
  readonly layer: string;
  readonly place: readonly [map: number, row: number, column: number];
  readonly held: number;
  readonly total: number;
  readonly bias: number;
  readonly result: number;
  /** Of each part: inputs, weights, products. */
  readonly parts: readonly (readonly number[])[][];
}

/** What the page says of the number that is looked at. */
function shown(): Promise<Shown> {
  return view().evaluate((element) => {
    const about = element.querySelector<HTMLElement>(".nabla-features-explained")!;
    const figure = (name: string): number => Number(about.querySelector<HTMLElement>(`[data-${name}]`)?.dataset[name] ?? NaN);
    const select = element.querySelector("select")!;
    return {
      layer: select.selectedOptions[0]!.textContent!.split(" — ")[0]!,
      place: ["map", "row", "column"].map((name) => Number(about.dataset[name])) as never,
      held: figure("held"), total: figure("total"), bias: figure("bias"), result: figure("result"),
      parts: [...about.querySelectorAll(".nabla-features-part")].map((part) =>
        [...part.querySelectorAll("table")].map((table) => [...table.querySelectorAll("td")].map(({ dataset }) => Number(dataset["value"] ?? 0)))),
    };
  });
}

const near = (value: number, other: number): void => expect(Math.abs(value - other), `${value} and ${other}`).toBeLessThan(1e-4 * (1 + Math.abs(other)));

/** Checks what is shown against the tensors, and every step of it against the one before. */
async function check(all: Record<string, number[][][]>): Promise<Shown> {
  const found = await shown();
  const [map, row, column] = found.place;
  near(found.held, all[found.layer]![map]![row]![column]!);
  if (!Number.isNaN(found.result)) near(found.result, found.held);
  if (found.parts[0]?.length !== 3) return found;
  let total = 0;
  for (const [inputs, weights, products] of found.parts as number[][][]) {
    products!.forEach((product, i) => near(product, inputs![i]! * weights![i]!));
    total += products!.reduce((a, b) => a + b, 0);
  }
  near(found.total, total);
  near(found.result, found.total + (Number.isNaN(found.bias) ? 0 : found.bias));
  return found;
}

const chooseLayer = async (name: string): Promise<void> => {
  const value = await view().locator("option", { hasText: `${name} — ` }).first().getAttribute("value");
  await view().locator("select").selectOption(value);
  await expect.poll(() => explained().getAttribute("data-layer")).toBe(value);
};

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  page = await browser.openPage();
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

it(`every number of every layer is explained by the tensors themselves (seed ${seed})`, async () => {
  writeNotebook(server.work, "features.ipynb", [network, open, print, "noGrad(() => { model.first.weight.select(0, 0).add_(0.5); })"]);
  await openNotebook(page, server.url, "features.ipynb");
  await runCell(page, 0);
  await runCell(page, 1);
  await view().locator("select:enabled").waitFor();
  const all = await tensors();
  const names = (await view().locator("option").allInnerTexts()).map((text) => text.split(" — ")[0]);
  expect(names).toEqual(["first", "twice", "twice (2)", "branch", "relu", "pool"]);
  const first = await check(all);
  expect(first.layer).toBe("first");
  expect(first.parts).toHaveLength(channels);
  expect(first.held).toBe(Math.max(...all["first"]!.flat(2).map((value) => Number(value.toPrecision(6)))));

  for (const name of ["twice (2)", "branch", "relu", "pool"]) {
    await chooseLayer(name);
    const found = await check(all);
    expect(found.parts).toHaveLength({ "twice (2)": 1, branch: maps, relu: 0, pool: 1 }[name]!);
  }
  // A map of the grid, then a click on the opened map, then its number fields.
  await chooseLayer("first");
  await view().getByRole("radio", { name: `Map ${maps - 1}` }).click();
  await expect.poll(() => explained().getAttribute("data-map")).toBe(String(maps - 1));
  await check(all);
  await view().locator("canvas").click({ position: { x: 2, y: 2 } });
  await expect.poll(async () => (await shown()).place).toEqual([maps - 1, 0, 0]);
  await check(all);
  const column = draw(1, all["first"]![0]![0]!.length - 1);
  await view().getByRole("spinbutton", { name: "column" }).fill(String(column));
  await expect.poll(async () => (await shown()).place).toEqual([maps - 1, 0, column]);
  await check(all);
  // Arrows go through the maps.
  await view().getByRole("radio", { name: `Map ${maps - 1}` }).focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await shown()).place[0]).toBe(0);
  await check(all);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Map 0");
  expect(await seriousViolations(page, ".nabla-features")).toEqual([]);
  expect(browser.pageErrors).toEqual([]);
}, 90_000);

it("another weight is another picture and another sum, once the model has run again", async () => {
  const drawn = (): Promise<string> => view().locator(".nabla-features-map .nabla-features-picture").first().evaluate((element) => getComputedStyle(element).backgroundImage);
  // A map that was chosen is drawn a moment after its number, and may be drawn twice: what stands still is the picture.
  const picture = async (): Promise<string> => {
    let [last, now] = ["", await drawn()];
    await expect.poll(async () => {
      [last, now] = [now, await drawn()];
      return now === last && now.startsWith("url(");
    }, { interval: 150 }).toBe(true);
    return now;
  };
  await view().getByRole("radio", { name: "Map 0" }).click();
  await expect.poll(() => explained().getAttribute("data-map")).toBe("0");
  const [before, number] = [await picture(), await shown()];
  await runCell(page, 3);
  expect(await picture()).toBe(before);
  await view().getByRole("button", { name: "Run again" }).click();
  await expect.poll(async () => ["", before].includes(await drawn())).toBe(false);
  const all = await tensors();
  const after = await check(all);
  expect(after.place).toEqual(number.place);
  expect(after.held).not.toBe(number.held);
}, 60_000);

it("is good to look at in both themes, and a saved one is drawn without a kernel", async () => {
  // A picture of a disc, so that edges are to be seen.
  await setSource(page, 0, network.replace(/const x = .*/s, `const x = rand([2, ${channels}, ${height}, ${width}]).mul(0.2);
noGrad(() => { for (let r = 0; r < ${height}; r++) for (let c = 0; c < ${width}; c++) if (Math.hypot(r - ${height / 2}, c - ${width / 2}) < 5) x.at(1).select(1, r).select(1, c).fill_(1); });`));
  await runCell(page, 0);
  await runCell(page, 1);
  await view().locator("select:enabled").waitFor();
  for (const theme of ["Light", "Dark"] as const) {
    await useTheme(page, `JupyterLab ${theme}`);
    await view().screenshot({ path: path.join(screenshots, `features-${theme.toLowerCase()}.png`) });
    expect(await seriousViolations(page, ".nabla-features")).toEqual([]);
  }
  await useTheme(page, "JupyterLab Light");
  const running = await shown();
  const [output] = (await cells(page))[1]!.outputs;
  expect(Object.keys(output!.data!)).toEqual(expect.arrayContaining(["application/vnd.vegalite.v5+json", "image/png", "text/plain"]));
  writeNotebook(server.work, "saved.ipynb", ["explorer"], [{ output_type: "display_data", metadata: {}, data: output!.data! }]);
  await openNotebook(page, server.url, "saved.ipynb");
  await expect.poll(() => explained().isVisible()).toBe(true);
  expect(await shown()).toEqual(running);
  expect(await view().locator("select").isDisabled()).toBe(true);
  expect(await view().locator("select").getAttribute("title")).toBe("Needs a running kernel: run the cell to use this");
  await view().screenshot({ path: path.join(screenshots, "features-saved.png") });
  expect(await seriousViolations(page, ".nabla-features")).toEqual([]);
}, 60_000);
