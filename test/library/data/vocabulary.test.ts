/** Text as numbers and back. */
import { describe, expect, it } from "vitest";
import { nextTokenWindows, ngrams, padSequences, tokenise, Vocabulary } from "../../../src/data/index.ts";
import { NablaError, tensor, TensorIndexError } from "../../../src/index.ts";

describe("words", () => {
  it("are cut out of a text in small letters, in any script", () => {
    expect(tokenise("Don't PANIC -- it's 42, O’Brien!<br />")).toEqual(["don't", "panic", "it's", "42", "o’brien", "br"]);
    expect(tokenise("Größe 深度学习 'quoted'")).toEqual(["größe", "深", "度", "学", "习", "quoted"]);
    expect(tokenise("用GPU训练3次。")).toEqual(["用", "gpu", "训", "练", "3", "次"]);
    expect(tokenise(" -- ")).toEqual([]);
    expect(tokenise("Ah, 学!", { level: "character" })).toEqual(["A", "h", ",", " ", "学", "!"]);
    expect(tokenise("Ah Oh", { lowerCase: false })).toEqual(["Ah", "Oh"]);
    expect(() => tokenise("a", { level: "line" as never })).toThrow(NablaError);
  });

  it("make n-grams with their neighbours", () => {
    expect(ngrams(["a", "b", "c"], 2)).toEqual(["a b", "b c"]);
    expect(ngrams(["a"], 2)).toEqual([]);
    expect(() => ngrams(["a"], 0)).toThrow(RangeError);
  });

  it("make windows with the word that follows", () => {
    const { inputs, targets } = nextTokenWindows([5, 6, 7, 8, 9], 2);
    expect([inputs.toArray(), targets.toArray(), inputs.dtype, targets.dtype]).toEqual([[[5, 6], [6, 7], [7, 8]], [7, 8, 9], "int32", "int32"]);
    const apart = nextTokenWindows(Int32Array.of(1, 2, 3, 4, 5, 6), 2, { step: 2 });
    expect([apart.inputs.toArray(), apart.targets.toArray()]).toEqual([[[1, 2], [3, 4]], [3, 5]]);
    expect(nextTokenWindows([1, 2], 2).inputs.shape).toEqual([0, 2]);
    expect(() => nextTokenWindows([1], 0)).toThrow(RangeError);
    expect(() => nextTokenWindows([1], 1, { step: 0.5 })).toThrow(RangeError);
  });
});

describe("a vocabulary", () => {
  const texts = ["b b a a c", "b d"].map((text) => text.split(" "));

  it("numbers words from the most frequent on, equally frequent ones in alphabetical order", () => {
    const words = Vocabulary.of(texts);
    expect(words.words).toEqual(["<pad>", "<unk>", "b", "a", "c", "d"]);
    expect(Vocabulary.of(texts, { maxSize: 4 }).words).toEqual(["<pad>", "<unk>", "b", "a"]);
    expect(Vocabulary.of(texts, { minCount: 2, padding: "", unknown: "?" }).words).toEqual(["", "?", "b", "a"]);
    expect(["b", "d", "z"].map((word) => words.count(word))).toEqual([3, 1, 0]);
    expect(Vocabulary.of(texts, { minCount: 2 }).count("c")).toBe(1);
    const counts = new Map<string, number>();
    for (const word of texts.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
    expect(Vocabulary.ofCounts(counts, { minCount: 2 }).words).toEqual(Vocabulary.of(texts, { minCount: 2 }).words);
    expect(() => new Vocabulary(words.words).count("b")).toThrow(/nothing was counted/);
    expect([words.size, words.has("c"), words.has("x")]).toEqual([6, true, false]);
  });

  it("encodes words, unknown ones as one, and decodes numbers", () => {
    const words = Vocabulary.of(texts);
    expect(words.encode(["a", "x", "b"])).toEqual([3, 1, 2]);
    expect(words.decode([3, 1, 2, 0, 0])).toEqual(["a", "<unk>", "b"]);
    expect(words.decode(tensor([4, 5], { dtype: "int32" }))).toEqual(["c", "d"]);
    expect(new Vocabulary(words.words).encode(["d"])).toEqual([5]);
    expect(() => words.decode([6])).toThrow(TensorIndexError);
    expect(() => new Vocabulary(["<pad>", "<unk>", "a", "a"])).toThrow(/"a" is there twice/);
    expect(() => new Vocabulary([])).toThrow(NablaError);
    expect(() => Vocabulary.of(texts, { maxSize: 1 })).toThrow(RangeError);
  });
});

it("sequences are brought to one length at either side", () => {
  const { tokens, lengths } = padSequences([[1, 2, 3], [4], []]);
  expect([tokens.toArray(), tokens.dtype, lengths.toArray()]).toEqual([[[1, 2, 3], [4, 0, 0], [0, 0, 0]], "int32", [3, 1, 0]]);
  expect(padSequences([[1, 2, 3], [4]], { length: 2, value: 9 }).tokens.toArray()).toEqual([[1, 2], [4, 9]]);
  expect(padSequences([[1, 2, 3], [4]], { length: 2, side: "start" }).tokens.toArray()).toEqual([[2, 3], [0, 4]]);
  expect(padSequences([]).tokens.shape).toEqual([0, 0]);
  expect(() => padSequences([[1]], { length: 1.5 })).toThrow(RangeError);
});
