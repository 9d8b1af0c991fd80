/** The channel between the two processes: records survive any cutting, marks are found wherever they fall. */
import { expect, test } from "vitest";
import { encodeRecord, RecordDecoder } from "../../kernel/channel/framing.ts";
import { formatMark, MarkReader } from "../../kernel/channel/marks.ts";

interface Head {
  readonly type: string;
  readonly text: string;
}

const records = [
  { head: { type: "a", text: "plain" }, buffers: [] },
  { head: { type: "b", text: "naïve π 😀" }, buffers: [new Uint8Array([1, 2, 3]), new Uint8Array(0), new Uint8Array(1000).fill(7)] },
  { head: { type: "c", text: "x".repeat(10_000) }, buffers: [] },
];

test.each([1, 2, 3, 5, 7, 64, 4096, 1 << 20])("records cut into pieces of %i bytes come out as they went in", (size) => {
  const bytes = Buffer.concat(records.map(({ head, buffers }) => encodeRecord(head, buffers)));
  const decoder = new RecordDecoder<Head>();
  const decoded = [];
  for (let at = 0; at < bytes.length; at += size) decoded.push(...decoder.push(bytes.subarray(at, at + size)));
  expect(decoded).toEqual(records);
});

test("a record's buffers have memory of their own, aligned for any typed array", () => {
  const floats = new Float64Array([1.5, -2.5]);
  const [decoded] = new RecordDecoder<Head>().push(encodeRecord({ type: "odd length in front" }, [new Uint8Array(3), new Uint8Array(floats.buffer)]));
  expect(new Float64Array(decoded!.buffers[1]!.buffer)).toEqual(floats);
});

test.each([1, 2, 3, 5, 7, 13, 64, 4096])("marks in raw output cut into pieces of %i bytes are found between the texts", (size) => {
  const word = "word";
  const bytes = Buffer.from(`one\n${formatMark(word, 1)}two \u0000word not a mark \u0000${formatMark(word, 2)}${formatMark(word, 3)}π three\u0000`);
  const found: (string | number)[] = [];
  const addText = (text: Buffer): void => {
    const last = found.at(-1);
    if (typeof last === "string") found[found.length - 1] = last + text.toString("latin1");
    else found.push(text.toString("latin1"));
  };
  const reader = new MarkReader(word, addText, (serial) => found.push(serial));
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  const text = (value: string): string => Buffer.from(value).toString("latin1");
  expect(found).toEqual(["one\n", 1, "two \u0000word not a mark \u0000", 2, 3, text("π three\u0000")]);
});

test("text that cannot be a mark is not held back", () => {
  const texts: string[] = [];
  const reader = new MarkReader("word", (text) => texts.push(text.toString()), () => undefined);
  reader.push(Buffer.from("prompt> "));
  expect(texts).toEqual(["prompt> "]);
});
