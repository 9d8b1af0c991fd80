/** Widgets through the kernel: the messages of the widget protocol, before, during and after cells. */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";
import type { CellResult, Received } from "./frontend.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start({ env: { NABLA_PACKAGES: checkout } });
  expect((await frontend.execute('import { widgets } from "nabla"')).reply["status"]).toBe("ok");
});
afterAll(() => frontend.stop());

/** The model that a cell shows as its value. */
function modelOf({ published }: CellResult): string {
  return published.find(({ type }) => type === "execute_result")!.content["data"]["application/vnd.jupyter.widget-view+json"]["model_id"];
}

/** What the page does when a person moves something. */
function move(model: string, state: object): Promise<string> {
  return frontend.send("shell", "comm_msg", { comm_id: model, data: { method: "update", state, buffer_paths: [] } });
}

function press(model: string): Promise<string> {
  return frontend.send("shell", "comm_msg", { comm_id: model, data: { method: "custom", content: { event: "click" } } });
}

test("a slider that is a cell's value opens its model before it is shown, and shows as text elsewhere", async () => {
  const result = await frontend.execute('const rate = widgets.slider({ min: 0, max: 1, value: 0.5, description: "rate" });\nrate');
  const model = modelOf(result);
  const types = result.published.map(({ type }) => type);
  const opened = result.published.filter(({ type }) => type === "comm_open");
  expect(opened.at(-1)!.content).toMatchObject({ comm_id: model, target_name: "jupyter.widget", data: { state: { _model_name: "FloatSliderModel", value: 0.5 } } });
  expect(opened.at(-1)!.metadata).toMatchObject({ version: "2.1.0" });
  expect(types.lastIndexOf("comm_open")).toBeLessThan(types.indexOf("execute_result"));
  expect(result.value).toBe("slider(value=0.5, min=0, max=1)");
});

test("a person moves a slider while a cell waits for it, and the callback prints in the cell that observes", async () => {
  const shown = await frontend.run('const depth = widgets.slider({ max: 9 }); depth.observe(({ value }) => console.log("now " + value)); depth');
  const model = modelOf(await shown.finished);
  const cell = await frontend.run('console.log("waits"); `${await depth.next()} after a wait`');
  await frontend.printed(cell, "waits");
  const moved = await move(model, { value: 8 });
  expect((await cell.finished).value).toBe("'8 after a wait'");
  await frontend.idleAfter(moved);
  await frontend.printed(shown, "now 8\n");
  const echo = await frontend.until(({ type, parent }) => type === "comm_msg" && parent === moved);
  expect(echo.content).toEqual({ comm_id: model, data: { method: "echo_update", state: { value: 8 }, buffer_paths: [] } });
});

test("a synchronous loop reads a slider that is moved meanwhile, and a button stops it", async () => {
  const slider = modelOf(await frontend.execute("const live = widgets.slider(); live"));
  const button = modelOf(await frontend.execute('const stop = widgets.button("Stop"); stop'));
  const cell = await frontend.run('const seen = new Set(); console.log("loops"); while (stop.clicks === 0) seen.add(live.value); [...seen].join()');
  await frontend.printed(cell, "loops");
  // The page sends the next change when it hears that this one is done.
  await frontend.idleAfter(await move(slider, { value: 30 }));
  await frontend.idleAfter(await move(slider, { value: 60 }));
  await press(button);
  // The loop may read only after both moves.
  expect((await cell.finished).value).toMatch(/^'0,(30,)?60'$/);
});

test("a drop-down and a progress bar are driven from code, and the last value is there before idle", async () => {
  const result = await frontend.execute(`
    const bar = widgets.progress({ max: 5000 }); display(bar);
    for (let i = 1; i <= 5000; i++) bar.value = i;
    bar.kind = "success"; bar`);
  const model = modelOf(result);
  const updates = result.published.filter(({ type, content }) => type === "comm_msg" && content["comm_id"] === model);
  expect(updates.length).toBeLessThan(50);
  const last = Object.assign({}, ...updates.map(({ content }) => content["data"].state));
  expect(last).toEqual({ value: 5000, bar_style: "success" });
  const dropdown = modelOf(await frontend.execute('const kind = widgets.dropdown(["SGD", "Adam"]); kind'));
  await frontend.idleAfter(await move(dropdown, { index: 1 }));
  expect(await frontend.evaluate("kind.value")).toBe("'Adam'");
});

test("a page that was loaded anew finds the models by comm_info, and their state by control, also while a cell waits", async () => {
  const model = modelOf(await frontend.execute("const still = widgets.slider({ value: 11 }); still.value = 12; still"));
  const waiting = await frontend.run('console.log("waits"); await still.next()');
  await frontend.printed(waiting, "waits");
  const { content } = await frontend.ask("shell", "comm_info_request", { target_name: "jupyter.widget" });
  expect(content["comms"]).toHaveProperty([model]);
  const control = randomUUID();
  await frontend.send("shell", "comm_open", { comm_id: control, target_name: "jupyter.widget.control", data: {} }, { metadata: { version: "1.0.0" } });
  await frontend.send("shell", "comm_msg", { comm_id: control, data: { method: "request_states" } });
  const ofControl = ({ type, content: each }: Received): boolean => type === "comm_msg" && each["comm_id"] === control;
  const { states } = (await frontend.until(ofControl)).content["data"];
  expect(states[model]).toMatchObject({ model_name: "IntSliderModel", state: { value: 12 } });
  await move(model, { value: 13 });
  expect((await waiting.finished).value).toBe("13");
});

test("an error in a callback is shown in the cell that observes, and the widget works on", async () => {
  const shown = await frontend.run('const touchy = widgets.slider(); touchy.observe(() => { throw new Error("not that one") }); touchy');
  const model = modelOf(await shown.finished);
  await move(model, { value: 1 });
  await frontend.printed(shown, "not that one");
  await frontend.idleAfter(await move(model, { value: 2 }));
  expect(await frontend.evaluate("touchy.value")).toBe("2");
});

test("a wait for a person is ended by the stop button", async () => {
  const cell = await frontend.run('const nobody = widgets.button("Wait"); display(nobody); console.log("waits"); await nobody.next()');
  await frontend.printed(cell, "waits");
  await frontend.interrupt();
  expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
});
