/**
 * What a data set is, told from the name that its loader gave it: the published files, a part of them, or what the package
 * made itself in their place. A figure counts only on real files, so whoever reports one asks here.
 */

/** What the loaders call the sets that the package makes itself. */
const MADE_HERE: readonly string[] = ["drawn digits", "drawn pictures", "written reviews"];

/**
 * `published`: the files with the published checksum; `by structure`: as many examples of each class, but packed
 * differently, so that the checksum could not be told; `subset`: fewer of them; `drawn`: made by the package.
 */
export type SetKind = "published" | "by structure" | "subset" | "drawn";

/** The kind of a set by its name, as in `(await mnist()).name`. */
export function setKind(name: string): SetKind {
  if (MADE_HERE.includes(name)) return "drawn";
  if (name.startsWith("a subset of ")) return "subset";
  return name.endsWith(", by structure") ? "by structure" : "published";
}
