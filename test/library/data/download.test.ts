/** Downloads that break off: the rest is asked for, and never joined to another file. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, expect, it } from "vitest";
import { download, MirrorUnreachable } from "../../../src/data/download.ts";
import { startMirror } from "./mirror-server.ts";
import type { Mirror } from "./mirror-server.ts";

const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i + i) % 251));
const TIMES = { answer: 5000, stall: 5000 };
const breaking: Mirror[] = [];
afterEach(() => Promise.all(breaking.splice(0).map((mirror) => mirror.close())));

/** A server that sends at most `piece` bytes, then cuts the line; it knows ranges. */
async function breakingServer(piece: number, { tag = (): string => '"1"', ranges = true } = {}): Promise<{ url: string; ranges: (string | undefined)[] }> {
  const asked: (string | undefined)[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(request.headers.range);
    const etag = tag();
    const start = ranges && request.headers["if-range"] === etag ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
    const rest = FILE.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, { etag, "content-length": rest.length, ...(start > 0 ? { "content-range": `bytes ${start}-${FILE.length - 1}/${FILE.length}` } : {}) });
    if (rest.length <= piece) response.end(rest);
    else response.write(rest.subarray(0, piece), () => setTimeout(() => response.destroy(), 30));
  };
  const mirror = await startMirror(answer);
  breaking.push(mirror);
  return { url: mirror.url, ranges: asked };
}

it("a download that breaks off goes on where it stopped", async () => {
  const server = await breakingServer(110_000);
  const heard: [number, number | undefined][] = [];
  expect(await download(server.url, { times: TIMES, onProgress: (received, total) => heard.push([received, total]) })).toEqual(FILE);
  expect(server.ranges).toEqual([undefined, "bytes=110000-", "bytes=220000-"]);
  expect(heard.at(-1)).toEqual([300_000, 300_000]);
  expect(heard.every(([, total]) => total === 300_000)).toBe(true);
});

it("it is given up when it breaks off again and again", async () => {
  const server = await breakingServer(1_000);
  await expect(download(server.url, { times: TIMES })).rejects.toThrow(MirrorUnreachable);
  expect(server.ranges).toHaveLength(4);
});

it("a file that has changed meanwhile, or a server without ranges, begins from the start", async () => {
  let version = 0;
  const changing = await breakingServer(200_000, { tag: () => `"${++version}"` });
  await expect(download(changing.url, { times: TIMES })).rejects.toThrow(MirrorUnreachable);
  const whole = await breakingServer(200_000, { ranges: false });
  await expect(download(whole.url, { times: TIMES })).rejects.toThrow(MirrorUnreachable);
  // Nothing more came than the first time, so it was asked once more and no further.
  expect([changing.ranges.length, whole.ranges.length]).toEqual([2, 2]);
});

it("without a strong version nothing is joined", async () => {
  const server = await breakingServer(200_000, { tag: () => 'W/"1"' });
  await expect(download(server.url, { times: TIMES })).rejects.toThrow(MirrorUnreachable);
  expect(server.ranges).toHaveLength(1);
});

it("an interrupt ends it at once", async () => {
  const server = await breakingServer(110_000);
  const stop = new AbortController();
  await expect(download(server.url, { times: TIMES, signal: stop.signal, onProgress: () => stop.abort(new Error("interrupted")) })).rejects.toThrow("interrupted");
  expect(server.ranges).toHaveLength(1);
});
