/**
 * One published file, wherever it can be had: in the folder the user named, in the cache, or from a mirror. A file counts
 * only when the MD5 of its uncompressed bytes is the published one, because mirrors compress the same bytes differently.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import { NablaError } from "../tensor/errors.ts";
import { md5 } from "./checksum.ts";
import { CorruptedDataFile } from "./corrupted-data-file.ts";
import { download, MirrorUnreachable } from "./download.ts";
import type { DownloadTimes } from "./download.ts";

/** A file of a data set, as it was published. */
export interface PublishedFile {
  /** Name without the `.gz` under which it is compressed. */
  readonly name: string;
  /** MD5 of the uncompressed bytes, in hexadecimal digits. */
  readonly md5: string;
}

/** The places in which the files of a data set are looked for, in this order. */
export interface DataSources {
  /** A folder that is only read. */
  readonly given: string | undefined;
  /** The folder where downloads are kept. */
  readonly cache: string;
  /** Addresses of folders with the compressed files; one that does not answer is taken off the list. */
  readonly mirrors: string[];
}

/** What loading a file may take and whom it tells. */
export interface LoadOptions {
  times?: DownloadTimes | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: (received: number, total: number | undefined) => void;
}

/** Thrown when a file is in no folder and no mirror delivers it. */
export class DataUnreachable extends NablaError {
  override name = "DataUnreachable";

  constructor(file: string, cache: string, attempts: readonly string[]) {
    const tried = attempts.length === 0 ? "there is no mirror to ask" : attempts.join("; ");
    super(
      `${file} could not be downloaded (${tried}). `
      + `Put ${file}.gz into ${cache}, or let NABLA_DATA name a folder with ${basename(cache)}/${file}.gz in it.`,
    );
  }
}

/**
 * The uncompressed bytes of a published file.
 *
 * @throws CorruptedDataFile when a file is there but its bytes are not the published ones.
 * @throws DataUnreachable when it is nowhere to be had.
 */
export async function loadDataFile(file: PublishedFile, sources: DataSources, options: LoadOptions = {}): Promise<Uint8Array> {
  if (sources.given !== undefined) {
    const cure = "Replace it, or unset NABLA_DATA and Nabla fetches its own copy.";
    const bytes = await readFromFolder(file, sources.given, () => Promise.resolve(cure));
    if (bytes !== undefined) return bytes;
  }
  options.signal?.throwIfAborted();
  const cached = await readFromFolder(file, sources.cache, async (path) => {
    await rm(path, { force: true });
    return "It was removed from the cache; run this again to download a fresh copy.";
  });
  return cached ?? (await fetchFromMirrors(file, sources, options));
}

async function readFromFolder(
  file: PublishedFile,
  folder: string,
  cureOf: (path: string) => Promise<string>,
): Promise<Uint8Array | undefined> {
  for (const name of [`${file.name}.gz`, file.name]) {
    const path = join(folder, name);
    const stored = await readIfPresent(path);
    if (stored === undefined) continue;
    const { bytes, found } = await unpack(stored);
    if (found === file.md5) return bytes;
    throw new CorruptedDataFile({ file: path, expected: file.md5, found, cure: await cureOf(path) });
  }
  return undefined;
}

async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

async function fetchFromMirrors(file: PublishedFile, sources: DataSources, options: LoadOptions): Promise<Uint8Array> {
  const attempts: string[] = [];
  let corrupted: CorruptedDataFile | undefined;
  for (const mirror of [...sources.mirrors]) {
    const url = `${mirror.replace(/\/+$/, "")}/${file.name}.gz`;
    try {
      const received = await download(url, options);
      const { bytes, found } = await unpack(received);
      if (found === file.md5) {
        await keep(received, join(sources.cache, isGzip(received) ? `${file.name}.gz` : file.name));
        return bytes;
      }
      const cure = "Nothing was kept; check the network (a log-in page in between?) and run this again.";
      corrupted ??= new CorruptedDataFile({ file: url, expected: file.md5, found, cure });
    } catch (error) {
      if (!(error instanceof MirrorUnreachable)) throw error;
      attempts.push(error.message);
    }
    sources.mirrors.splice(sources.mirrors.indexOf(mirror), 1);
  }
  throw corrupted ?? new DataUnreachable(file.name, sources.cache, attempts);
}

/** Writes a file under its name only once it is whole, so that a second process never reads half of it. */
async function keep(bytes: Uint8Array, path: string): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    console.warn(`The download could not be kept (${(error as Error).message}); the next run fetches it again.`);
  }
}

const gunzipAsync = promisify(gunzip);

/** Uncompresses a file if it is compressed, and says its MD5, or why it cannot be uncompressed. */
async function unpack(stored: Uint8Array): Promise<{ bytes: Uint8Array; found: string }> {
  if (!isGzip(stored)) return { bytes: stored, found: md5(stored) };
  try {
    // Without a sync flush at the end zlib refuses a cut-off stream and we could not tell its checksum.
    const bytes = await gunzipAsync(stored, { finishFlush: constants.Z_SYNC_FLUSH });
    return { bytes, found: md5(bytes) };
  } catch (error) {
    return { bytes: new Uint8Array(), found: `unknown (it cannot be uncompressed: ${(error as Error).message})` };
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
