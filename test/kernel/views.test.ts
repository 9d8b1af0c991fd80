/**
 * Views through the kernel, over the wire: without a page that draws them the output itself is shown again, in a loop that
 * never yields too, and a page is answered in the middle of such a loop.
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const MIME = "application/vnd.nabla.view.v1+json";
const viewModule = pathToFileURL(`${checkout}dist/src/view/index.js`).href;
const probe = `import { View } from ${JSON.stringify(viewModule)};
let value = 0, isStopped = false;
const make = () => new View({
  kind: "probe", live: true, state: () => ({ value }),
  fallback: () => ({ text: "value " + value, spec: { $schema: "https://vega.github.io/schema/vega-lite/v5.json", data: { values: [{ a: value }] }, mark: "point", encoding: { x: { field: "a", type: "quantitative" } } } }),
  requests: { twice: (of: number) => of * 2 }, events: { stop: () => { isStopped = true; } },
});`;

let frontend: Frontend;
beforeAll(async () => {
  frontend = await Frontend.start({ env: { NABLA_PACKAGES: checkout } });
  expect((await frontend.execute(probe)).reply["status"]).toBe("ok");
});
afterAll(() => frontend.stop());

test("nobody says hello: a loop that never yields shows its output again a few times a second, with a picture each time", async () => {
  const { published } = await frontend.execute("const alone = make(); alone.show(); const until = Date.now() + 2000; while (Date.now() < until) { value += 1; alone.send(value); } alone.end();");
  const shown = published.filter(({ type }) => type === "display_data" || type === "update_display_data");
  expect(shown[0]!.type).toBe("display_data");
  expect(shown.length).toBeGreaterThanOrEqual(3);
  expect(shown.length).toBeLessThanOrEqual(7);
  const ids = new Set(shown.map(({ content }) => (content["transient"] as { display_id: string }).display_id));
  expect(ids.size).toBe(1);
  const values = shown.map(({ content }) => (content["data"][MIME] as { state: { value: number } }).state.value);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  const last = shown.at(-1)!.content["data"];
  expect(last[MIME]).toMatchObject({ ended: true, state: { value: values.at(-1) } });
  expect(last["text/plain"]).toBe(`value ${values.at(-1)}`);
  expect(Buffer.from(last["image/png"], "base64").subarray(1, 4).toString()).toBe("PNG");
}, 30_000);

test("a live panel that no page draws is a chart that follows the run a few times a second, and a text", async () => {
  const loop = `import { plot } from "nabla";
const alone2 = plot.live({ title: "Alone" });
let steps = 0;
for (const end = Date.now() + 2500; Date.now() < end;) { alone2.add({ loss: 1 / ++steps, lr: 0.5 }); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); }
alone2.end();
steps`;
  const { published } = await frontend.execute(loop);
  const shown = published.filter(({ type }) => type === "display_data" || type === "update_display_data").map(({ content }) => content["data"] as Record<string, any>);
  expect(shown.length).toBeGreaterThanOrEqual(3);
  expect(shown.length).toBeLessThanOrEqual(10);
  const rows = shown.map((data) => data[MIME].state.progress.rows as number);
  expect(rows).toEqual([...rows].sort((a, b) => a - b));
  expect(rows.at(-2)).toBeGreaterThan(10);
  const last = shown.at(-1)!;
  const steps = Number(published.find(({ type }) => type === "execute_result")!.content["data"]["text/plain"]);
  expect(last[MIME]).toMatchObject({ ended: true, state: { progress: { status: "finished", rows: steps } } });
  expect(last["text/plain"]).toMatch(new RegExp(`^Alone: finished · step ${steps} .*\\n  loss  [▁▂▃▄▅▆▇█]+  1 → `));
  const spec = last["application/vnd.vegalite.v5+json"];
  expect(spec.description).toContain("loss: 1 → ");
  expect(Buffer.from(last["image/png"], "base64").length).toBeGreaterThan(5000);
}, 30_000);

test("a page is answered, and stops the loop, while it never yields", async () => {
  const cell = await frontend.run('const followed = make(); followed.show(); console.log("running"); while (!isStopped) followed.poll(); followed.send("last"); followed.end(); value');
  await frontend.printed(cell, "running");
  const opened = frontend.received.find(({ type, parent }) => type === "comm_open" && parent === cell.id)!;
  const comm_id = opened.content["comm_id"] as string;
  const say = (data: object): Promise<string> => frontend.send("shell", "comm_msg", { comm_id, data });
  await say({ type: "hello", since: 0 });
  await say({ type: "request", n: "r", name: "twice", params: 21 });
  await frontend.until(({ type, content }) => type === "comm_msg" && content["comm_id"] === comm_id && content["data"].type === "reply" && content["data"].value === 42);
  await say({ type: "event", name: "stop", params: null });
  const { reply, published } = await cell.finished;
  expect(reply["status"]).toBe("ok");
  const said = published.filter(({ type }) => type === "comm_msg").map(({ content }) => content["data"].type);
  expect(said.slice(-2)).toEqual(["message", "end"]);
}, 30_000);

test("a page that was loaded anew finds the view's comm with the cell that opened it", async () => {
  const info = await frontend.ask("shell", "comm_info_request", { target_name: "nabla.view" });
  expect(Object.values(info.content["comms"] as object).length).toBe(3);
});

test("an interrupt at any moment leaves a live panel whole: the page has been told every row, and so has the output", async () => {
  expect((await frontend.execute('import { plot } from "nabla"; let torn = plot.live(), rows = 0;')).reply["status"]).toBe("ok");
  for (let round = 0; round < 10; round++) {
    const cell = await frontend.run("torn = plot.live(); rows = 0; while (true) { torn.add({ loss: 1 / (rows + 1) }); rows++; }");
    const opened = await frontend.until(({ type, parent }) => type === "comm_open" && parent === cell.id);
    const comm_id = opened.content["comm_id"] as string;
    await frontend.send("shell", "comm_msg", { comm_id, data: { type: "hello", since: 0 } });
    await frontend.until(({ type, content }) => type === "comm_msg" && content["comm_id"] === comm_id && content["data"].type === "message");
    await new Promise((resolve) => setTimeout(resolve, 60 * Math.random()));
    await frontend.interrupt();
    const { reply, published } = await cell.finished;
    expect(reply["ename"]).toBe("KeyboardInterrupt");
    const [kept, counted] = (await frontend.evaluate("`${torn.points('loss').values.length} ${rows}`"))!.match(/\d+/g)!.map(Number) as [number, number];
    // The last row may have been taken and not been counted by the loop.
    expect([counted, counted + 1]).toContain(kept);
    const told = frontend.received.filter(({ type, content }) => type === "comm_msg" && content["comm_id"] === comm_id).flatMap(({ content }) => {
      const { data } = content as { data: { type: string; seq: number; message: any; messages: { seq: number; message: any }[] } };
      return data.type === "message" ? [data] : data.type === "sync" ? data.messages : [];
    });
    // What comes twice a page takes once.
    const messages = told.filter(({ seq }, at) => told.findIndex((other) => other.seq === seq) === at);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1));
    expect(messages.at(-1)!.message.progress).toMatchObject({ status: "interrupted", rows: kept });
    expect(messages.flatMap(({ message }) => message.series).at(-1).count).toBe(kept);
    const output = published.filter(({ type }) => type === "update_display_data").at(-1)!.content["data"][MIME];
    expect(output.state).toMatchObject({ progress: { status: "interrupted", rows: kept }, series: [{ count: kept }] });
    for (const mark of ["busy", "idle"]) {
      const said = frontend.received.filter(({ type, content }) => type === "status" && content["execution_state"] === mark);
      expect(new Set(said.map(({ parent }) => parent)).has(cell.id)).toBe(true);
    }
  }
}, 60_000);

test.each([
  ["network", "inspect.network(model, [1, 1, 8, 8])"],
  ["features", "inspect.featureMaps(model, rand([1, 1, 8, 8]))"],
  ["stepper", "inspect.backprop(() => w.mul(w).sum())"],
  ["pad", "playground.drawingPad({ model: (x) => x.reshape([1, 784]).narrow(1, 300, 10), strokes: [[[0.3, 0.2], [0.7, 0.2], [0.45, 0.8]]] })"],
  ["classifier", "playground.classifier({ steps: 5 })"],
])("where no page draws it, the view of kind %s is a chart, a picture and a text", async (kind, source) => {
  const setup = 'import { inspect, nn, playground, plot, rand, randn } from "nabla"; const model = new nn.Sequential(new nn.Conv2d(1, 3, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(108, 4)), w = randn([2], { requiresGrad: true });';
  const { reply, published } = await frontend.execute(`${setup}\n${source}`);
  expect(reply["status"], JSON.stringify(reply)).toBe("ok");
  const { data, metadata } = published.find(({ type }) => type === "execute_result" || type === "display_data")!.content as { data: Record<string, any>; metadata: Record<string, any> };
  expect(data[MIME].kind).toBe(kind);
  // A renderer of Vega-Lite takes the chart, whoever has none the picture: both say what it is.
  expect(data["application/vnd.vegalite.v5+json"].description.length).toBeGreaterThan(10);
  const picture = Buffer.from(data["image/png"], "base64");
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  expect(picture.length).toBeGreaterThan(2000);
  expect(metadata["image/png"].alt).toBe(data["application/vnd.vegalite.v5+json"].description);
  expect(data["text/plain"].length).toBeGreaterThan(20);
}, 30_000);

test.each([
  ["tensor", "inspect.tensor(ones([40, 50]))", /^Tensor \[40, 50\].*mean 1/s],
  ["playground", "playground({ lr: { min: 0.001, max: 1, log: true, value: 0.1 }, dataset: ['moons', 'circles'] })", /lr.*0\.1.*moons/s],
] as const)("the view of kind %s is a text there, which says what it knows", async (kind, source, says) => {
  const { published } = await frontend.execute(`import { inspect, ones, playground } from "nabla";\n${source}`);
  const { data } = published.find(({ type }) => type === "execute_result" || type === "display_data")!.content as { data: Record<string, any> };
  expect(data[MIME].kind).toBe(kind);
  expect(data["text/plain"]).toMatch(says);
}, 30_000);
