/** What the loaders of published sets have in common: where their files are looked for, whom they tell, and who may stop them. */
import { join } from "node:path";
import { notebookHost } from "../host.ts";
import { DataUnreachable } from "./data-file.ts";
import type { DataSources, LoadOptions } from "./data-file.ts";
import type { DownloadTimes } from "./download.ts";
import { cacheFolder, givenDataFolder, givenMirror } from "./folders.ts";
import { startProgress } from "./progress.ts";

/** Options of every loader of a published set. */
export interface PublishedSetOptions<Name extends string = string> {
  /**
   * The name of the published set fails where its files cannot be had; the name of the set that the package makes itself
   * does not look for them. Left out, the published files are taken if they can be had and the package's own set otherwise,
   * which is said in one printed sentence.
   */
  set?: Name;
  /** Stops the download. Default: the running cell's signal. */
  signal?: AbortSignal;
  /** Addresses of folders with the compressed files. Default: this set's folder under `NABLA_MIRROR`, then the public ones. */
  mirrors?: readonly string[];
  /** How long, in milliseconds, to wait for a mirror. Default: 5 s for an answer, 15 s for the next bytes. */
  times?: DownloadTimes;
}

/** A published set, and what stands in for it. */
export interface PublishedSet<Loaded, Name extends string> {
  /** Its name, and that of what the package makes itself. */
  readonly names: { readonly published: Name; readonly standIn: Name };
  /** Its folder under `NABLA_DATA`, the cache and a mirror. */
  readonly folder: string;
  /** Addresses of folders with its files. */
  readonly mirrors: readonly string[];
  /** Loads its files; `optionsFor` gives what a file's loading may take and tells how far it is. */
  load(sources: DataSources, optionsFor: (file: string) => LoadOptions): Promise<Loaded>;
  /** Makes what stands in for it. */
  standIn(): Loaded;
}

/**
 * Loads a set: from the folder in `NABLA_DATA`, from the cache, from a mirror, or else what the package makes itself.
 *
 * @throws CorruptedDataFile when a file is there but is not the published one.
 * @throws DataUnreachable when the published set is asked for by name and its files are nowhere to be had.
 */
export async function loadPublishedSet<Loaded, Name extends string>(set: PublishedSet<Loaded, Name>, options: PublishedSetOptions<Name>): Promise<Loaded> {
  const { published, standIn } = set.names;
  if (options.set === standIn) return set.standIn();
  try {
    return await loadFiles(set, options);
  } catch (error) {
    if (options.set === published || !(error instanceof DataUnreachable)) throw error;
    console.log(
      `${published} could not be reached, so these are ${standIn} made by Nabla: figures differ from those of ${published}. `
      + `With a network, or with its files in the folder ${set.folder} under the one that NABLA_DATA names, the real set is used.`,
    );
    return set.standIn();
  }
}

async function loadFiles<Loaded, Name extends string>(set: PublishedSet<Loaded, Name>, options: PublishedSetOptions<Name>): Promise<Loaded> {
  const given = givenDataFolder();
  const sources: DataSources = {
    given: given === undefined ? undefined : join(given, set.folder),
    cache: join(cacheFolder(), set.folder),
    mirrors: [...(options.mirrors ?? defaultMirrors(set))],
  };
  const { published } = set.names;
  const progress = startProgress(published);
  let closing = `${published}: the download stopped.`;
  try {
    const loaded = await set.load(sources, (file) => ({
      times: options.times,
      signal: options.signal ?? notebookHost()?.signal,
      onProgress: (received, total) => progress.update(file, received, total),
    }));
    closing = `${published}: everything is there and was checked.`;
    return loaded;
  } finally {
    progress.end(closing);
  }
}

function defaultMirrors({ folder, mirrors }: Pick<PublishedSet<unknown, string>, "folder" | "mirrors">): readonly string[] {
  const given = givenMirror();
  return given === undefined ? mirrors : [`${given.replace(/\/+$/, "")}/${folder}`, ...mirrors];
}
