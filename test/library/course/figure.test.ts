/** What `figure` measures, compares, says and leaves in the cell's output. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { bandAt, liesIn } from "../../../src/course/band.ts";
import { figure, FIGURE_MIME, FigureError } from "../../../src/course/index.ts";
import type { Figure, FigureRecord } from "../../../src/course/index.ts";
import type { Cifar10Files } from "../../../src/data/cifar10-files.ts";
import { drawDigits } from "../../../src/data/drawn-digits.ts";
import { drawPictures } from "../../../src/data/drawn-pictures.ts";
import type { FashionMnistTensors } from "../../../src/data/fashion-mnist.ts";
import type { ImdbFiles } from "../../../src/data/imdb-files.ts";
import type { MnistFiles } from "../../../src/data/mnist-files.ts";
import { setKind } from "../../../src/data/set-kind.ts";
import type { SetKind } from "../../../src/data/set-kind.ts";
import { writeReviews } from "../../../src/data/written-reviews.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

const digits = { name: "MNIST", checksum: "017998840fb0ba3336e2cca627621f8d" };
const drawn = { name: "drawn digits", checksum: "0123456789abcdef0123456789abcdef" };
const shown = (value: Figure): Record<string, unknown> => (value as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for("Jupyter.display")]!();

describe("a figure over seeds", () => {
  const accuracies = [0.9231, 0.9259, 0.9244, 0.9102, 0.926];
  const stated = figure("02.softmax", accuracies, { title: "accuracy, one layer", atLeast: 0.92, printed: 0.9222, data: digits, seeds: [1, 2, 3, 4, 5] });

  it("is judged by its median", () => {
    expect(stated.record).toMatchObject({ median: 0.9244, standing: "reached", band: { atLeast: 0.92 } });
    expect(figure("02.softmax", [0.9, 0.93], { title: "t", atLeast: 0.92 }).record).toMatchObject({ median: expect.closeTo(0.915, 12) as number, standing: "missed" });
  });

  it("says median, range, seeds, band, what the book printed, and on which data", () => {
    expect(stated.markdown.split("\n")).toEqual([
      "✔ **accuracy, one layer: 0.9244 (median)** — as claimed",
      "",
      "| claimed | range of 5 | seeds | the book printed | data | size |",
      "|---|---|---|---|---|---|",
      "| at least 0.92 | 0.9102 … 0.926 | from 1 to 5 | 0.9222 | MNIST (real files, MD5 01799884…) | quick |",
    ]);
    expect(stated.text).toContain("\n  claimed: at least 0.92\n  range of 5: 0.9102 … 0.926\n");
  });

  it("leaves the same facts as JSON beside Markdown and text, and no HTML", () => {
    const bundle = shown(stated);
    expect(Object.keys(bundle).sort()).toEqual([FIGURE_MIME, "text/markdown", "text/plain"].sort());
    expect(JSON.parse(JSON.stringify(bundle[FIGURE_MIME]))).toEqual({
      id: "02.softmax", title: "accuracy, one layer", size: "quick", values: accuracies, median: 0.9244, seeds: [1, 2, 3, 4, 5],
      band: { atLeast: 0.92 }, printed: 0.9222, data: [{ ...digits, kind: "published" }], standing: "reached",
    });
  });

  it("speaks Chinese where the learner does", () => {
    vi.stubEnv("NABLA_LANG", "zh");
    const { markdown } = figure("02.softmax", accuracies, { title: "准确率", atLeast: 0.92, data: digits });
    expect(markdown).toContain("达到要求");
    expect(markdown).toContain("| 不低于 0.92 |");
  });
});

it.each([
  { claim: { near: [20.046286, 1e-6] as const }, value: 20.0462864, standing: "reached" },
  { claim: { near: [20.046286, 1e-6] as const }, value: 20.04629, standing: "missed" },
  { claim: { near: [0.3, 0.1] as const }, value: 0.4, standing: "reached" },
  { claim: { atMost: 0.5 }, value: 0.51, standing: "missed" },
  { claim: { atLeast: 0.4, atMost: 0.5 }, value: 0.5, standing: "reached" },
  { claim: { atLeast: 0 }, value: NaN, standing: "missed" },
  { claim: { atLeast: { book: 0.98 } }, value: 0.5, standing: "open" },
  { claim: { atLeast: { quick: 0.4, book: 0.98 } }, value: 0.5, standing: "reached" },
])("$value against $claim is $standing", ({ claim, value, standing }) => {
  expect(figure("01.a", value, { title: "t", ...claim }).record.standing).toBe(standing);
});

it("takes the book's band where NABLA_SIZE is book, and refuses a size there is not", async () => {
  const claim = { atLeast: { quick: 0.4, book: 0.98 } };
  expect(bandAt("here", claim, "book")).toEqual({ atLeast: 0.98 });
  vi.resetModules();
  vi.stubEnv("NABLA_SIZE", "book");
  const course = await import("../../../src/course/index.ts");
  expect(course.size).toBe("book");
  expect(course.figure("03.a", 0.97, { title: "t", ...claim }).record).toMatchObject({ size: "book", standing: "missed" });
  vi.resetModules();
  vi.stubEnv("NABLA_SIZE", "large");
  await expect(import("../../../src/course/index.ts")).rejects.toThrow('NABLA_SIZE is "large"; it can be quick or book.');
});

describe("on drawn data", () => {
  const record = (options: object): FigureRecord => figure("02.a", 0.5, { title: "t", atLeast: 0.92, data: [digits, drawn], ...options }).record;

  it("does not hold the band of the real set against it", () => {
    expect(record({})).toMatchObject({ standing: "open", data: [{ kind: "published" }, { kind: "drawn" }] });
    expect(record({})).not.toHaveProperty("band");
  });
  it("claims that the loss falls, where losses are given", () => {
    expect(record({ losses: [2.3, 2.5, 0.4] })).toMatchObject({ standing: "reached", losses: [2.3, 0.4] });
    expect(record({ losses: [2.3, 0.4, 2.3] })).toMatchObject({ standing: "missed" });
    expect(record({ losses: [2.3, NaN] })).toMatchObject({ standing: "missed", losses: [2.3, null] });
  });
  it("takes a band of its own", () => {
    expect(record({ drawn: { atLeast: 0.4 } })).toMatchObject({ standing: "reached", band: { atLeast: 0.4 } });
    expect(record({ drawn: { atLeast: 0.6 } })).toMatchObject({ standing: "missed" });
  });
  it("says so in words", () => {
    expect(figure("02.a", 0.5, { title: "t", atLeast: 0.92, data: drawn }).markdown).toContain("on a drawn stand-in, for which nothing is claimed");
  });
});

it("on real data losses that do not fall miss, whatever the value", () => {
  expect(figure("02.a", 0.95, { title: "t", atLeast: 0.92, data: digits, losses: [0.1, 0.2] }).record.standing).toBe("missed");
});

it("knows every name that a loader gives its set", () => {
  type Name = MnistFiles["name"] | Cifar10Files["name"] | ImdbFiles["name"] | FashionMnistTensors["name"];
  const kinds: Record<Name, SetKind> = {
    "MNIST": "published", "CIFAR-10": "published", "IMDB": "published", "Fashion-MNIST": "published",
    "CIFAR-10, by structure": "by structure", "IMDB, by structure": "by structure", "Fashion-MNIST, by structure": "by structure",
    "a subset of CIFAR-10": "subset", "a subset of IMDB": "subset",
    "drawn digits": "drawn", "drawn pictures": "drawn", "written reviews": "drawn",
  };
  for (const [name, kind] of Object.entries(kinds)) expect({ name, kind: setKind(name) }).toEqual({ name, kind });
  const small = { trainCount: 10, testCount: 10 };
  for (const { name } of [drawDigits(small), drawPictures(small), writeReviews(small)]) expect(setKind(name)).toBe("drawn");
});

it("never calls a value in a band one outside it", () => {
  expect(liesIn(0.92, { atLeast: 0.92, atMost: 0.92 })).toBe(true);
  expect(liesIn(-Infinity, { atMost: 1 })).toBe(true);
});

describe("refuses, by a FigureError that says what to do,", () => {
  const ok = { title: "t", atLeast: 0 };
  it.each<[string, () => unknown, string]>([
    ["an id without a chapter", () => figure("mnist", 1, ok), 'as in "03.mnist-dropout"'],
    ["no values", () => figure("01.a", [], ok), "must be a number or an array of numbers, but it is []"],
    ["a tensor", () => figure("01.a", {} as never, ok), "of a tensor, .item() is the number"],
    ["no options", () => figure("01.a", 1, undefined as never), "the title must say what is measured"],
    ["a claim of nothing", () => figure("01.a", 1, { title: "t" }), "claims nothing: give it atLeast, atMost or near"],
    ["an option that it does not know", () => figure("01.a", 1, { ...ok, atleast: 1 } as never), "there is no option atleast; there are title, atLeast"],
    ["a near without tolerance", () => figure("01.a", 1, { title: "t", near: [1, 0] }), "near is [1,0]; it must be [value, tolerance] with a tolerance above 0"],
    ["a size that there is not", () => figure("01.a", 1, { title: "t", atLeast: { large: 1 } } as never), "or { quick: …, book: … } of such"],
    ["a band without room", () => figure("01.a", 1, { title: "t", atLeast: 2, near: [1, 0.5] }), "no value is at least 2 and at most 1.5"],
    ["another number of seeds", () => figure("01.a", [1, 2], { ...ok, seeds: [1] }), "one whole number for each of the 2 values"],
    ["a data set by its name alone", () => figure("01.a", 1, { ...ok, data: "MNIST" } as never), "with its name and checksum"],
    ["a loss alone", () => figure("01.a", 1, { ...ok, losses: [1] }), "at least the first and the last loss"],
    ["something printed that is no number", () => figure("01.a", 1, { ...ok, printed: [1] } as never), "printed must be a number or a text"],
  ])("%s", (_, state, words) => {
    expect(state).toThrow(FigureError);
    expect(state).toThrow(words);
  });
});
