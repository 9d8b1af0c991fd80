/**
 * One published file, wherever it can be had: in the folder the user named, in the cache, or from a mirror. A file counts
 * only when the MD5 of its uncompressed bytes is the published one, because mirrors compress the same bytes differently; a
 * file whose bytes differ from copy to copy, such as an archive, counts when its reader finds nothing wrong with it.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, gunzip } from "node:zlib";
import { FileFormatError } from "../serialization/file-format-error.ts";
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

/** A file that is known by its structure. */
export interface StructuredFile<Content> {
  /** Name without the `.gz` under which it is compressed. */
  readonly name: string;
  /**
   * Makes of the uncompressed bytes what is wanted.
   * @param downloadMd5 MD5 of the bytes as they are stored, compressed or not.
   * @throws FileFormatError when they are not what they should be.
   */
  read(bytes: Uint8Array, file: string, downloadMd5: string): Content;
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
  return await load(file.name, sources, options, (stored) => readPublished(stored, file.md5));
}

/**
 * What a reader makes of a file that is known by its structure.
 *
 * @throws CorruptedDataFile when a file is there but its reader refuses it.
 * @throws DataUnreachable when it is nowhere to be had.
 */
export async function loadStructuredFile<Content>(file: StructuredFile<Content>, sources: DataSources, options: LoadOptions = {}): Promise<Content> {
  return await load(file.name, sources, options, (stored, place) => readStructured(stored, place, file));
}

/** What became of a file's bytes: what is wanted, or the MD5 expected (if any) and what is found instead. */
type Reading<Content> = { readonly content: Content } | { readonly expected: string; readonly found: string };
type Reader<Content> = (stored: Uint8Array, place: string) => Promise<Reading<Content>>;

async function load<Content>(name: string, sources: DataSources, options: LoadOptions, read: Reader<Content>): Promise<Content> {
  if (sources.given !== undefined) {
    const cure = "Replace it, or unset NABLA_DATA and Nabla fetches its own copy.";
    const loaded = await readFromFolder(name, sources.given, read, () => Promise.resolve(cure));
    if (loaded !== undefined) return loaded.content;
  }
  options.signal?.throwIfAborted();
  const cached = await readFromFolder(name, sources.cache, read, async (path) => {
    await rm(path, { force: true });
    return "It was removed from the cache; run this again to download a fresh copy.";
  });
  return cached === undefined ? await fetchFromMirrors(name, sources, options, read) : cached.content;
}

async function readFromFolder<Content>(
  name: string,
  folder: string,
  read: Reader<Content>,
  cureOf: (path: string) => Promise<string>,
): Promise<{ content: Content } | undefined> {
  for (const present of [`${name}.gz`, name]) {
    const path = join(folder, present);
    const stored = await readIfPresent(path);
    if (stored === undefined) continue;
    const reading = await read(stored, path);
    if ("content" in reading) return reading;
    throw new CorruptedDataFile({ file: path, ...reading, cure: await cureOf(path) });
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

async function fetchFromMirrors<Content>(name: string, sources: DataSources, options: LoadOptions, read: Reader<Content>): Promise<Content> {
  const attempts: string[] = [];
  let corrupted: CorruptedDataFile | undefined;
  for (const mirror of [...sources.mirrors]) {
    const url = `${mirror.replace(/\/+$/, "")}/${name}.gz`;
    try {
      const received = await download(url, options);
      const reading = await read(received, url);
      if ("content" in reading) {
        await keep(received, join(sources.cache, isGzip(received) ? `${name}.gz` : name));
        return reading.content;
      }
      const cure = "Nothing was kept; check the network (a log-in page in between?) and run this again.";
      corrupted ??= new CorruptedDataFile({ file: url, ...reading, cure });
    } catch (error) {
      if (!(error instanceof MirrorUnreachable)) throw error;
      attempts.push(error.message);
    }
    sources.mirrors.splice(sources.mirrors.indexOf(mirror), 1);
  }
  throw corrupted ?? new DataUnreachable(name, sources.cache, attempts);
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
async function readPublished(stored: Uint8Array, expected: string): Promise<Reading<Uint8Array>> {
  try {
    // Without a sync flush at the end zlib refuses a cut-off stream and we could not tell its checksum.
    const content = isGzip(stored) ? await gunzipAsync(stored, { finishFlush: constants.Z_SYNC_FLUSH }) : stored;
    const found = md5(content);
    return found === expected ? { content } : { expected, found };
  } catch (error) {
    return { expected, found: `unknown (it cannot be uncompressed: ${(error as Error).message})` };
  }
}

async function readStructured<Content>(stored: Uint8Array, place: string, file: StructuredFile<Content>): Promise<Reading<Content>> {
  let content: Uint8Array;
  try {
    content = isGzip(stored) ? await gunzipAsync(stored) : stored;
  } catch (error) {
    return { expected: "", found: `it cannot be uncompressed (${(error as Error).message})` };
  }
  try {
    return { content: file.read(content, place, md5(stored)) };
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    // Of an archive, what follows the archive's own path names the file in it.
    const inside = error.file.startsWith(`${place}, `) ? `${error.file.slice(place.length + 2)}, ` : "";
    return { expected: "", found: `${inside}${error.place}: ${error.problem}` };
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
