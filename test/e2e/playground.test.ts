/**
 * Playgrounds in a real JupyterLab: a slider moves what a running loop logs next, whether it awaits or not; a drawing is in
 * code what it is on the page; a network trains, is changed, copies itself out as a program and lives through a reload. The
 * models are the test's own, their sizes drawn at random.
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
import { cells, command, openNotebook, runCell, savedOutputs, setSource, useTheme, writeNotebook } from "./notebook-page.ts";

const screenshots = path.join(path.dirname(fileURLToPath(import.meta.url)), "screenshots-out");
const name = "playground.ipynb";
const draw = (low: number, high: number): number => low + Math.floor(Math.random() * (high - low + 1));
const [features, examples, classes] = [draw(3, 9), draw(11, 31), draw(3, 7)];

/** Trains a model with a branch and a layer used twice; logs when what it trains with has changed. */
const loop = (pause: string): string => `
class Branched extends nn.Module {
  readonly into: nn.Linear;
  readonly twice: nn.Linear;
  readonly out: nn.Linear;
  constructor(width: number) {
    super();
    [this.into, this.twice, this.out] = [new nn.Linear(${features}, width), new nn.Linear(width, width), new nn.Linear(width, 1)];
  }
  override forward(x: Tensor): Tensor {
    const h = this.into.forward(x).tanh();
    return this.out.forward(this.twice.forward(this.twice.forward(h).relu()).add(h));
  }
}
const [x, y] = [randn([${examples}, ${features}]), randn([${examples}, 1])];
let model = new Branched(p.width);
let sgd = new optim.SGD(model.parameters(), { lr: p.lr });
const end = p.onChange("width", () => {
  model = new Branched(p.width);
  sgd = new optim.SGD(model.parameters(), { lr: p.lr });
});
p.stop = false;
let last = "";
for (let step = 0; !p.stop; step++) {
  sgd.lr = p.lr;
  sgd.zeroGrad();
  const loss = nn.functional.mseLoss(model.forward(x), y);
  loss.backward();
  sgd.step();
  const now = \`lr \${sgd.lr} width \${model.twice.weight.shape[0]} of \${p.dataset}\`;
  if (now !== last) console.log(\`step \${step}: \${now}\`);
  last = now;
  ${pause}
}
end();
"stopped"`;

const sources = [
  'import { display, nn, optim, playground, randn, type Tensor } from "nabla";',
  `const p = playground({ lr: { min: 0.0001, max: 0.1, log: true, value: 0.001 }, width: { min: 1, max: 16, value: ${draw(2, 6)} }, dataset: ["moons", "circles", "spirals"], stop: false });\np`,
  loop(""),
  loop("await new Promise((resolve) => setTimeout(resolve, 5));"),
  "p.code()",
  `const reader = new nn.Linear(784, ${classes});\nconst pad = playground.drawingPad({ model: reader, title: "Draw a digit" });\npad`,
  "console.log(JSON.stringify({ levels: [...pad.value.data()].map((level) => Math.round(255 * Number(level))), probabilities: pad.probabilities ?? [] }));",
  'const c = playground.classifier({ dataset: "circles", width: 5, depth: 2, lr: 0.3 });\nc',
  "console.log(JSON.stringify({ steps: c.steps, values: c.values, accuracy: c.accuracy }));",
  "",
];

let server: LabServer;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([startLab(), startBrowser()]);
  writeNotebook(server.work, name, sources);
  page = await browser.openPage();
  page.on("dialog", (dialog) => void dialog.accept());
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await openNotebook(page, server.url, name);
  await runCell(page, 0);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
}, 60_000);

const output = (cell: number): Locator => page.locator(".jp-CodeCell").nth(cell).locator(".jp-Cell-outputArea");
const setting = (cell: number, which: string): Locator => output(cell).locator(`[data-setting="${which}"]`);
/** What the page shows as the value of a setting. */
const shownValue = async (cell: number, which: string): Promise<string> => (await setting(cell, which).getAttribute("data-value"))!;
const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

async function printed<T>(cell: number): Promise<T> {
  await runCell(page, cell);
  const read = async (): Promise<string> => ((await cells(page))[cell]!.outputs.flatMap(({ text }) => text ?? []) as string[]).join("");
  await expect.poll(read).toContain("}");
  return JSON.parse(await read()) as T;
}

/** Starts a loop, moves the sliders in the other cell, and finds each value in the next line that it logs. */
async function movesTheLoop(cell: number): Promise<void> {
  const running = runCell(page, cell);
  await output(cell).getByText("step 0: lr").waitFor();
  const logged = async (): Promise<string[]> => (await output(cell).innerText()).split("\n").filter((line) => line.startsWith("step "));
  let lines = await logged();
  const logsNext = async (part: string): Promise<void> => {
    await expect.poll(async () => (await logged()).at(-1), { timeout: 10_000 }).toContain(part);
    const now = await logged();
    expect(now.length).toBeGreaterThan(lines.length);
    lines = now;
  };
  const slider = (which: string): Locator => setting(1, which).locator("input");
  const before = await shownValue(1, "lr");
  await slider("lr").press("ArrowRight");
  await slider("lr").press("ArrowRight");
  expect(Number(await shownValue(1, "lr"))).toBeGreaterThan(Number(before));
  await logsNext(`lr ${await shownValue(1, "lr")} `);
  // With the mouse: somewhere on the track, far from where the handle is; a click that the page moved away from under is made again.
  const keyed = await shownValue(1, "lr");
  const track = (await slider("lr").boundingBox())!;
  await expect.poll(async () => {
    await slider("lr").click({ position: { x: track.width * (0.6 + 0.3 * Math.random()), y: track.height / 2 } });
    return shownValue(1, "lr");
  }).not.toBe(keyed);
  await logsNext(`lr ${await shownValue(1, "lr")} `);
  await slider("width").press("End");
  await logsNext("width 16 ");
  await slider("width").press("ArrowLeft");
  await logsNext("width 15 ");
  await setting(1, "dataset").locator(`input[value="${lines.at(-1)!.endsWith("spirals") ? "circles" : "spirals"}"]`).check();
  await logsNext(`of ${await shownValue(1, "dataset")}`);
  await setting(1, "stop").locator("input").check();
  await running;
  await output(cell).getByText("stopped").waitFor();
}

it("moves a slider in a loop that never awaits, and the next line of the log has the value", async () => {
  await runCell(page, 1);
  await setting(1, "lr").waitFor();
  await movesTheLoop(2);
}, 60_000);

it("does so in a loop that awaits, and copies the setting as a line of code that says the same as the kernel", async () => {
  await movesTheLoop(3);
  await output(1).getByText("Copy as code").click();
  await output(1).getByText("Copied").waitFor();
  const code = await clipboard();
  expect(code).toBe(`const lr = ${await shownValue(1, "lr")}, width = 15, dataset = "${await shownValue(1, "dataset")}", stop = true;`);
  await runCell(page, 4);
  await output(4).getByText(code).waitFor();
}, 60_000);

/** The levels of the picture that the page shows, read from its pixels: black is 255. */
const levelsOnPage = (): Promise<number[]> => output(5).locator(".nabla-pad-picture").evaluate((element) => {
  const canvas = element as HTMLCanvasElement;
  const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: canvas.width * canvas.height }, (_, i) => 255 - data[4 * i]!);
});
const isInked = async (): Promise<boolean> => (await levelsOnPage()).some((level) => level > 128);

/** The picture and the probabilities are the same in code and on the page. @returns the levels */
async function sameInCode(): Promise<number[]> {
  const { levels, probabilities } = await printed<{ levels: number[]; probabilities: number[] }>(6);
  expect(await levelsOnPage()).toEqual(levels);
  const shown = await output(5).locator(".nabla-pad-bar").evaluateAll((bars) => bars.map((bar) => Number((bar as HTMLElement).dataset["probability"])));
  expect(shown).toHaveLength(classes);
  probabilities.forEach((each, i) => expect(shown[i]).toBeCloseTo(each, 3));
  return levels;
}

it("a drawing with the mouse is in code what it is on the page, and the model reads it", async () => {
  await runCell(page, 5);
  const surface = output(5).locator(".nabla-pad-surface");
  await surface.waitFor();
  await surface.scrollIntoViewIfNeeded();
  const { x, y, width } = (await surface.boundingBox())!;
  const to = (across: number, down: number, steps = 12): Promise<void> => page.mouse.move(x + across * width, y + down * width, { steps });
  await to(0.3, 0.25, 1);
  await page.mouse.down();
  await to(0.7, 0.25);
  await to(0.45, 0.8);
  await page.mouse.up();
  await expect.poll(isInked).toBe(true);
  await page.waitForTimeout(200);
  const levels = await sameInCode();
  // A seven: a bar on top, a leg below it, nothing at the lower right.
  expect(levels.filter((level) => level > 128).length).toBeGreaterThan(40);
  expect(levels[25 * 28 + 25]).toBe(0);
}, 60_000);

it("a drawing with the keys is too; it can be taken back and cleared, and a photo loaded", async () => {
  const surface = output(5).locator(".nabla-pad-surface");
  await output(5).getByRole("button", { name: "Clear" }).click();
  await expect.poll(isInked).toBe(false);
  await surface.focus();
  for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", " ", ...Array<string>(9).fill("ArrowDown"), " "]) await surface.press(key);
  await expect.poll(isInked).toBe(true);
  await page.waitForTimeout(200);
  const pole = await sameInCode();
  const columns = new Set([...pole.entries()].filter(([, level]) => level > 128).map(([place]) => place % 28));
  expect(columns.size).toBeLessThan(10);
  await surface.press("Control+z");
  await expect.poll(isInked).toBe(false);
  await output(5).getByRole("button", { name: "Undo" }).click();
  await expect.poll(isInked).toBe(true);
  await surface.press("Delete");
  await expect.poll(isInked).toBe(false);
  // A photo: white chalk, a ring, on a dark board.
  const photo = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
    const context = canvas.getContext("2d")!;
    context.fillStyle = "#24402c";
    context.fillRect(0, 0, 300, 200);
    context.lineWidth = 16;
    context.strokeStyle = "#e8e8e0";
    context.arc(150, 100, 60, 0, 2 * Math.PI);
    context.stroke();
    return canvas.toDataURL("image/png").split(",")[1]!;
  });
  await output(5).locator('input[type="file"]').setInputFiles({ name: "ring.png", mimeType: "image/png", buffer: Buffer.from(photo, "base64") });
  await expect.poll(isInked).toBe(true);
  const ring = await sameInCode();
  expect([ring[14 * 28 + 14]! < 50, ring[14 * 28 + 5]! > 128, ring[14 * 28 + 23]! > 128, ring[0]]).toEqual([true, true, true, 0]);
}, 60_000);

it("a finger draws too", async () => {
  await output(5).getByRole("button", { name: "Clear" }).click();
  await expect.poll(isInked).toBe(false);
  const surface = output(5).locator(".nabla-pad-surface");
  await surface.scrollIntoViewIfNeeded();
  const { x, y, width } = (await surface.boundingBox())!;
  const fingers = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: { x: number; y: number }[]): Promise<unknown> =>
    fingers.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", { x: x + 0.5 * width, y: y + 0.2 * width });
  for (let i = 1; i <= 12; i++) await touch("touchMove", { x: x + 0.5 * width, y: y + (0.2 + 0.05 * i) * width });
  await touch("touchEnd");
  await fingers.detach();
  await expect.poll(isInked).toBe(true);
  await page.waitForTimeout(200);
  await sameInCode();
}, 60_000);

const number = async (which: string): Promise<string> => output(7).locator(`[data-number="${which}"] .nabla-number-value`).innerText();
const step = async (): Promise<number> => Number(await output(7).locator(".nabla-classifier").getAttribute("data-step"));
const button = (label: string): Locator => output(7).getByRole("button", { name: label, exact: true });

it("a network trains in the page, follows its sliders, and the program that it copies runs in a cell", async () => {
  await runCell(page, 7);
  await button("One step").click();
  await expect.poll(step).toBe(1);
  await button("Train").click();
  await expect.poll(step, { timeout: 15_000 }).toBeGreaterThan(200);
  const before = await output(7).locator(".nabla-unit").count();
  expect(before).toBe(10);
  await setting(7, "width").locator("input").press("ArrowRight");
  await expect.poll(() => output(7).locator(".nabla-unit").count()).toBe(12);
  await setting(7, "lr").locator("input").press("ArrowRight");
  await expect.poll(step, { timeout: 15_000 }).toBeGreaterThan(100);
  // Who wants less motion sees a new picture once a second.
  const drawings = (): Promise<number> => output(7).locator(".nabla-classifier").evaluate((element) => new Promise((done) => {
    let count = 0;
    const observer = new MutationObserver(() => count++);
    observer.observe(element, { attributes: true, attributeFilter: ["data-step"] });
    setTimeout(() => [observer.disconnect(), done(count)], 2500);
  }));
  const lively = await drawings();
  await page.emulateMedia({ reducedMotion: "reduce" });
  const calm = await drawings();
  await page.emulateMedia({ reducedMotion: null });
  expect([lively > 5, calm <= 4], `${lively} and ${calm} pictures in 2.5 s`).toEqual([true, true]);
  await button("Pause").click();
  await button("Train").waitFor();
  const kernel = await printed<{ steps: number; values: Record<string, unknown>; accuracy: number }>(8);
  expect(kernel.steps).toBe(await step());
  expect(`${(100 * kernel.accuracy).toFixed(1)} %`).toBe(await number("accuracy"));
  expect(kernel.values).toMatchObject({ dataset: "circles", width: 6, lr: Number(await shownValue(7, "lr")) });
  await output(7).getByText("Copy as code").click();
  await output(7).getByText("Copied").waitFor();
  const program = await clipboard();
  expect(program).toContain(`const lr = ${await shownValue(7, "lr")}, batchSize = 10`);
  await setSource(page, 9, program.replace("epochs = 100", "epochs = 3"));
  await runCell(page, 9);
  await output(9).getByText("of the test points are right").waitFor();
  // The types of the program are right too: a complaint would stand with the output.
  await page.waitForTimeout(1500);
  expect((await output(9).innerText()).trim()).toMatch(/^\d+\.\d % of the test points are right$/);
}, 90_000);

it("all three are good to look at and accessible in both themes", async () => {
  for (const theme of ["Light", "Dark"] as const) {
    await useTheme(page, `JupyterLab ${theme}`);
    for (const [cell, picture] of [[1, "playground"], [5, "pad"], [7, "classifier"]] as const) {
      await output(cell).locator(".nabla-view").screenshot({ path: path.join(screenshots, `${picture}-${theme.toLowerCase()}.png`) });
    }
    expect(await seriousViolations(page)).toEqual([]);
  }
  await useTheme(page, "JupyterLab Light");
}, 60_000);

it("after a reload the values are those that were set, the training goes on, and sliders move the kernel's values", async () => {
  await setting(1, "lr").locator("input").press("Home");
  await expect.poll(() => shownValue(1, "lr")).toBe("0.0001");
  await button("Train").click();
  await expect.poll(() => output(7).locator(".nabla-classifier").getAttribute("data-running")).toBe("true");
  await page.waitForTimeout(1500);
  await command(page, "docmanager:save");
  expect(savedOutputs(server.work, name, 1)[0]!.data!["application/vnd.nabla.view.v1+json"].state.values.lr).toBe(0.0001);
  const reached = await step();
  await page.goto(`${server.url}/lab/tree/${name}`);
  await output(7).locator(".nabla-classifier").waitFor({ timeout: 60_000 });
  await expect.poll(step, { timeout: 20_000 }).toBeGreaterThan(reached + 50);
  await button("Pause").click();
  expect(await shownValue(1, "lr")).toBe("0.0001");
  await setting(1, "lr").locator("input").press("End");
  await runCell(page, 4);
  await output(4).getByText("const lr = 0.1,").waitFor();
}, 90_000);

it("with no kernel everything is shown and can be copied, and nothing pretends to work", async () => {
  await page.evaluate(async () => {
    const { currentWidget } = (window as any).jupyterapp.shell;
    await currentWidget.context.sessionContext.shutdown();
  });
  const closed = setting(1, "lr").locator("input");
  await expect.poll(() => closed.isDisabled()).toBe(true);
  expect(await closed.getAttribute("title")).not.toBe("");
  expect(await button("Train").isDisabled()).toBe(true);
  // What a choice of one row is made of is not seen, able or not: its words are.
  const radios = await page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .nabla-segments input").evaluateAll((all) => all.map((input) => getComputedStyle(input).opacity));
  expect(new Set(radios)).toEqual(new Set(["0"]));
  const marks = await output(5).locator(".nabla-pad").getAttribute("data-marks");
  const { x, y } = (await output(5).locator(".nabla-pad-surface").boundingBox())!;
  await page.mouse.move(x + 50, y + 50);
  await page.mouse.down();
  await page.mouse.move(x + 150, y + 150, { steps: 5 });
  await page.mouse.up();
  expect(await output(5).locator(".nabla-pad").getAttribute("data-marks")).toBe(marks);
  await output(1).getByText("Copy as code").click();
  await output(1).getByText("Copied").waitFor();
  expect(await clipboard()).toContain("const lr = 0.1,");
  expect(browser.pageErrors).toEqual([]);
}, 60_000);
