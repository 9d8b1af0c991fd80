/** The order of what the kernel says: text, charts that wait for their pictures, and what must come after them. */
import { expect, it } from "vitest";
import type { MimeBundle } from "../../kernel/contracts.ts";
import { Publisher } from "../../kernel/parent/publisher.ts";
import type { Outgoing } from "../../kernel/wire/message.ts";

const chart: MimeBundle = { "application/vnd.vegalite.v5+json": {} };

/** A publisher whose pictures are drawn when the test says so. */
function slowPictures(): { publisher: Publisher; said: string[]; draw(): Promise<void> } {
  const said: string[] = [];
  const drawing: (() => void)[] = [];
  const publisher = new Publisher(
    { isCongested: false, send: (_, { type }: Outgoing) => void said.push(type) },
    { complete: (bundle) => new Promise((resolve) => drawing.push(() => resolve({ ...bundle, "image/png": "" }))) },
  );
  const draw = async (): Promise<void> => {
    drawing.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { publisher, said, draw };
}

it("says at once what nothing is before", () => {
  const { publisher, said } = slowPictures();
  publisher.print(undefined, "stdout", "text");
  publisher.inTurn(() => said.push("reply"));
  expect(said).toEqual(["stream", "reply"]);
});

it("holds a reply and what follows until the pictures before it are drawn", async () => {
  const { publisher, said, draw } = slowPictures();
  publisher.publishBundle("display_data", undefined, { data: chart, metadata: {} });
  publisher.print(undefined, "stdout", "text");
  publisher.publishBundle("execute_result", undefined, { data: chart, metadata: {} });
  publisher.inTurn(() => said.push("reply"));
  publisher.publish("status", undefined, { execution_state: "idle" });
  expect(said).toEqual([]);
  await draw();
  expect(said).toEqual(["display_data", "stream"]);
  await draw();
  expect(said).toEqual(["display_data", "stream", "execute_result", "reply", "status"]);
});

it("draws one picture of a display at a time; a newer one takes the place of one that waits", async () => {
  const asked: string[] = [];
  const said: string[] = [];
  const drawing: (() => void)[] = [];
  const publisher = new Publisher(
    { isCongested: false, send: (_, { type, content }: Outgoing) => void said.push(`${type} ${(content as { data?: MimeBundle }).data?.["text/plain"] ?? ""}`.trim()) },
    { complete: (bundle) => (asked.push(String(bundle["text/plain"])), new Promise((resolve) => drawing.push(() => resolve(bundle)))) },
  );
  const draw = async (): Promise<void> => {
    drawing.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const show = (type: string, text: string, display_id: string): void =>
    publisher.publishBundle(type, undefined, { data: { ...chart, "text/plain": text }, metadata: {}, transient: { display_id } });
  show("display_data", "run 0", "run");
  for (const step of [1, 2, 3]) show("update_display_data", `run ${step}`, "run");
  show("update_display_data", "other 1", "other");
  publisher.print(undefined, "stdout", "text");
  publisher.inTurn(() => said.push("reply"));
  expect(asked).toEqual(["run 0", "other 1"]);
  await draw();
  expect(said).toEqual(["display_data run 0"]);
  expect(asked).toEqual(["run 0", "other 1", "run 3"]);
  show("update_display_data", "run 4", "run");
  await draw();
  await draw();
  expect(said).toEqual(["display_data run 0", "update_display_data run 3", "update_display_data other 1", "stream", "reply"]);
  await draw();
  expect(said.at(-1)).toBe("update_display_data run 4");
  expect(asked).toHaveLength(4);
});

it("says a text of many megabytes in pieces, and cuts no character", () => {
  const texts: string[] = [];
  const publisher = new Publisher({ isCongested: false, send: (_, { content }: Outgoing) => void texts.push((content as { text: string }).text) }, { complete: (bundle) => Promise.resolve(bundle) });
  const text = "x" + "😀".repeat(400_000);
  publisher.print(undefined, "stdout", text);
  publisher.flush();
  expect(texts.length).toBeGreaterThan(3);
  expect(Math.max(...texts.map((each) => each.length))).toBeLessThanOrEqual(1 << 18);
  expect(texts.every((each) => !/[\uD800-\uDBFF]$/.test(each))).toBe(true);
  expect(texts.join("")).toBe(text);
});
