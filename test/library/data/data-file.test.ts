/** A published file from every place it can come from, and in every state it can be in. */
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CorruptedDataFile } from "../../../src/data/corrupted-data-file.ts";
import { DataUnreachable, loadDataFile } from "../../../src/data/data-file.ts";
import { startMirror } from "./mirror-server.ts";
import type { Mirror } from "./mirror-server.ts";

const CONTENT = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * i * 7 + i) % 251));
const FILE = { name: "digits-ubyte", md5: createHash("md5").update(CONTENT).digest("hex") };
const PACKED = gzipSync(CONTENT);
// Long enough for a busy machine to answer itself.
const TIMES = { answer: 2000, stall: 2000 };

let folder: string;
let given: string;
let cache: string;
let mirrors: Mirror[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nabla-data-"));
  given = join(folder, "given");
  cache = join(folder, "cache");
  await mkdir(given);
  mirrors = [];
});
afterEach(async () => {
  await Promise.all(mirrors.map((mirror) => mirror.close()));
  await rm(folder, { recursive: true, force: true });
});

async function mirror(answer: RequestListener): Promise<Mirror> {
  const started = await startMirror(answer);
  mirrors.push(started);
  return started;
}
/** An address at which nobody listens any more. */
const deserted = async (): Promise<string> => {
  const left = await startMirror(() => {});
  await left.close();
  return left.url;
};
const goodMirror = (): Promise<Mirror> => mirror((_, response) => response.end(PACKED));
const sources = (...urls: string[]) => ({ given, cache, mirrors: urls });

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(() => { throw new Error("did not fail"); }, (error: Error) => error);
}

describe("a published file", () => {
  it("is taken from the given folder without touching cache or network, even when the folder is read-only", async () => {
    await writeFile(join(given, "digits-ubyte.gz"), PACKED);
    await chmod(given, 0o555);
    const server = await goodMirror();
    expect(await loadDataFile(FILE, sources(server.url))).toEqual(CONTENT);
    expect(server.requests).toEqual([]);
    await chmod(given, 0o755);
    expect(await readdir(folder)).toEqual(["given"]);
  });

  it("is also found uncompressed", async () => {
    await writeFile(join(given, "digits-ubyte"), CONTENT);
    expect(await loadDataFile(FILE, sources())).toEqual(CONTENT);
  });

  it("is downloaded once and then comes from the cache", async () => {
    const server = await goodMirror();
    const heard: number[] = [];
    const onProgress = (received: number): void => void heard.push(received);
    expect(await loadDataFile(FILE, sources(server.url), { onProgress })).toEqual(CONTENT);
    expect(heard.at(-1)).toBe(PACKED.length);
    expect(gunzipSync(await readFile(join(cache, "digits-ubyte.gz")))).toEqual(CONTENT);
    expect(await loadDataFile(FILE, sources())).toEqual(CONTENT);
    expect(server.requests).toEqual(["/digits-ubyte.gz"]);
    expect(await readdir(cache)).toEqual(["digits-ubyte.gz"]);
  });

  it("is kept rightly when the mirror's server uncompresses it on the way", async () => {
    const server = await mirror((_, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(PACKED);
    });
    expect(await loadDataFile(FILE, sources(server.url))).toEqual(CONTENT);
    expect(await loadDataFile(FILE, sources())).toEqual(CONTENT);
  });

  it("comes from the next mirror when one is down, refuses, is silent, stops half-way or sends something else", async () => {
    const refuses = await mirror((_, response) => { response.statusCode = 403; response.end("no"); });
    const silent = await mirror(() => {});
    const stops = await mirror((_, response) => {
      response.setHeader("content-length", PACKED.length);
      response.write(PACKED.subarray(0, 40));
    });
    const cutsOff = await mirror((_, response) => {
      response.setHeader("content-length", PACKED.length);
      response.write(PACKED.subarray(0, 40), () => response.destroy());
    });
    const logInPage = await mirror((_, response) => response.end("<html>Please log in</html>"));
    const good = await goodMirror();
    const urls = [await deserted(), refuses.url, silent.url, stops.url, cutsOff.url, logInPage.url, good.url];
    const places = sources(...urls);
    expect(await loadDataFile(FILE, places, { times: TIMES })).toEqual(CONTENT);
    // Those that failed are not asked again for the next file.
    expect(places.mirrors).toEqual([good.url]);
  });

  it("that is nowhere to be had is an error that lists what was tried", async () => {
    const refuses = await mirror((_, response) => { response.statusCode = 404; response.end(); });
    const down = await deserted();
    const error = await errorOf(loadDataFile(FILE, sources(refuses.url, down), { times: TIMES }));
    expect(error).toBeInstanceOf(DataUnreachable);
    expect(error.message).toContain(`${refuses.url}/digits-ubyte.gz: answered 404 Not Found`);
    expect(error.message).toMatch(new RegExp(`${down}/digits-ubyte.gz: .*ECONNREFUSED`));
    expect(error.message).toContain("NABLA_DATA");
  });

  it("stops arriving at once when the cell is interrupted", async () => {
    const interruption = new AbortController();
    const slow = await mirror((_, response) => {
      response.write(PACKED.subarray(0, 40), () => interruption.abort(new Error("interrupted")));
    });
    const error = await errorOf(loadDataFile(FILE, sources(slow.url), { signal: interruption.signal }));
    expect(error.message).toBe("interrupted");
  });
});

describe("a cut-off or corrupted file", () => {
  const changed = Buffer.from(CONTENT);
  changed[100]! ^= 1;

  it("in the given folder is an error that names it and both checksums, and stays where it is", async () => {
    const path = join(given, "digits-ubyte.gz");
    await writeFile(path, gzipSync(changed));
    const error = await errorOf(loadDataFile(FILE, sources()));
    expect(error).toBeInstanceOf(CorruptedDataFile);
    expect(error).toMatchObject({ file: path, expected: FILE.md5, found: createHash("md5").update(changed).digest("hex") });
    expect(error.message).toContain("unset NABLA_DATA");
    expect(await readdir(given)).toEqual(["digits-ubyte.gz"]);
  });

  it.each([
    ["cut off", PACKED.subarray(0, PACKED.length - 20)],
    ["changed in its compressed bytes", Buffer.concat([PACKED.subarray(0, 30), Buffer.from([255, 255, 255, 255]), PACKED.subarray(34)])],
    ["empty", Buffer.alloc(0)],
  ])("in the cache (%s) is removed, so that the next run downloads it afresh", async (_, bytes) => {
    await mkdir(cache);
    await writeFile(join(cache, "digits-ubyte.gz"), bytes);
    const server = await goodMirror();
    const error = await errorOf(loadDataFile(FILE, sources(server.url)));
    expect(error).toBeInstanceOf(CorruptedDataFile);
    expect(error.message).toContain("run this again");
    expect(server.requests).toEqual([]);
    expect(await loadDataFile(FILE, sources(server.url))).toEqual(CONTENT);
  });

  it("from the only mirror that answers is an error and is not kept", async () => {
    const logInPage = await mirror((_, response) => response.end("<html>Please log in</html>"));
    const error = await errorOf(loadDataFile(FILE, sources(await deserted(), logInPage.url), { times: TIMES }));
    expect(error).toBeInstanceOf(CorruptedDataFile);
    expect(error.message).toContain(`${logInPage.url}/digits-ubyte.gz`);
    expect(await readdir(folder)).toEqual(["given"]);
  });
});
