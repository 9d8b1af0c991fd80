/**
 * The IMDB reviews as texts: 25,000 to train on and 25,000 to test on, half of them of films the writer liked (A. Maas et
 * al., "Learning Word Vectors for Sentiment Analysis", ACL 2011). They lie in the published archive as
 * `aclImdb/{train,test}/{pos,neg}/NUMBER_STARS.txt`; its part without labels and its word counts are not read. What counts are
 * the labelled reviews, because copies are packed differently: all of them with the right checksum are IMDB, fewer or others
 * are called a subset wherever they are named. Where there are none, reviews that the package writes itself stand in.
 */
import { FileFormatError } from "../serialization/file-format-error.ts";
import { md5 } from "./checksum.ts";
import { loadStructuredFile } from "./data-file.ts";
import { loadPublishedSet } from "./published-set.ts";
import type { PublishedSetOptions } from "./published-set.ts";
import { readTar } from "./tar.ts";
import { writeReviews } from "./written-reviews.ts";

/** Reviews and their labels. */
export interface ReviewPart {
  readonly texts: readonly string[];
  /** 1 for a review of a film the writer liked, 0 for the others. */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** A set of reviews, and which one it is. */
export interface ImdbFiles {
  /** "IMDB, by structure" holds as many reviews of each kind as the whole, but not with the published texts' checksum. */
  readonly name: "IMDB" | "IMDB, by structure" | "a subset of IMDB" | "written reviews";
  /** MD5 of the labelled reviews: of each, in the order of their names, the name, a line's end, and the text's bytes. */
  readonly checksum: string;
  readonly train: ReviewPart;
  readonly test: ReviewPart;
}

/** Options of {@link loadImdb}. */
export type ImdbOptions = PublishedSetOptions<"IMDB" | "written reviews">;

/** Of the archive as published, and, taken from a complete copy packed anew, of all the labelled reviews in it. */
const MD5 = { archive: "7c2ac02c03563afcf9b574c7e56c153a", reviews: "632ab1f327e675aa223280b551eef8fc" } as const;
const OF_EACH_KIND = 12_500;
const PUBLIC_MIRRORS = ["https://ai.stanford.edu/~amaas/data/sentiment"];

/**
 * Loads the reviews: from the folder in `NABLA_DATA`, from the cache, from a mirror, or else written by the package.
 *
 * @throws CorruptedDataFile when the archive is there but damaged, naming the byte.
 * @throws DataUnreachable when `set` is "IMDB" and the archive is nowhere to be had.
 */
export async function loadImdb(options: ImdbOptions = {}): Promise<ImdbFiles> {
  return await loadPublishedSet<ImdbFiles, NonNullable<ImdbOptions["set"]>>({
    names: { published: "IMDB", standIn: "written reviews" },
    folder: "imdb",
    mirrors: PUBLIC_MIRRORS,
    standIn: () => writeReviews(),
    load: (sources, optionsFor) => loadStructuredFile({ name: "aclImdb_v1.tar", read: readReviews }, sources, optionsFor("aclImdb_v1.tar.gz")),
  }, options);
}

interface Review {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly number: number;
  readonly liked: boolean;
}

/**
 * The labelled reviews of an uncompressed archive.
 * @throws FileFormatError naming the byte where the archive is damaged, a text is not UTF-8, a name does not fit its folder,
 * or a kind of reviews is missing.
 */
export function readReviews(archive: Uint8Array, file: string, downloadMd5: string): ImdbFiles {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parts = { train: [] as Review[], test: [] as Review[] };
  const names = new Set<string>();
  for (const { name, bytes, start } of readTar(archive, file)) {
    const folders = /^aclImdb\/(train|test)\/(pos|neg)\/(.*)$/.exec(name);
    if (folders === null) continue;
    const facts = /^(\d+)_(\d+)\.txt$/.exec(folders[3]!);
    const liked = folders[2] === "pos";
    const stars = Number(facts?.[2]);
    // Films with 5 and 6 of 10 stars were left out: those reviews are neither.
    if (facts === null || (liked ? stars < 7 || stars > 10 : stars < 1 || stars > 4)) {
      throw new FileFormatError(file, start, `the name ${JSON.stringify(name)} is not that of a ${liked ? "good" : "bad"} review; it ends in NUMBER_STARS.txt with ${liked ? "7 to 10" : "1 to 4"} stars`);
    }
    if (names.has(name)) throw new FileFormatError(file, start, `the review ${name} is there twice`);
    names.add(name);
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      throw new FileFormatError(file, start, `the review ${name} is not UTF-8`);
    }
    if (text === "") throw new FileFormatError(file, start, `the review ${name} is empty`);
    parts[folders[1] as "train" | "test"].push({ name, bytes, text, number: Number(facts[1]), liked });
  }
  const complete = Object.values(parts).every((part) => [true, false].every((kind) => part.filter(({ liked }) => liked === kind).length === OF_EACH_KIND));
  for (const [part, reviews] of Object.entries(parts)) {
    if (new Set(reviews.map(({ liked }) => liked)).size === 2) continue;
    throw new FileFormatError(file, archive.length, `there are no reviews of each kind in aclImdb/${part}/pos and aclImdb/${part}/neg`);
  }
  const checksum = checksumOf([...parts.train, ...parts.test]);
  const published = complete && (checksum === MD5.reviews || downloadMd5 === MD5.archive);
  return {
    name: published ? "IMDB" : complete ? "IMDB, by structure" : "a subset of IMDB",
    checksum,
    train: partOf(parts.train),
    test: partOf(parts.test),
  };
}

function checksumOf(reviews: readonly Review[]): string {
  const ordered = [...reviews].sort((a, b) => (a.name < b.name ? -1 : 1));
  return md5(...ordered.flatMap(({ name, bytes }) => [Buffer.from(`${name}\n`), bytes]));
}

/** Good and bad reviews take turns, so that the first thousand are a fair part; the numbers say which belongs where. */
function partOf(reviews: readonly Review[]): ReviewPart {
  const ordered = [...reviews].sort((a, b) => a.number - b.number || Number(b.liked) - Number(a.liked));
  return { texts: ordered.map(({ text }) => text), labels: Uint8Array.from(ordered, ({ liked }) => Number(liked)), count: ordered.length };
}
