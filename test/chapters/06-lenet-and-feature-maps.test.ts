/**
 * Chapter 6 as it is saved: the counts of the paper and of the books, what is built from scratch equal to the library's, maps
 * that follow the network's own weights, and every claim reached on the real files. The run itself is in the long test beside
 * this one.
 */
import { describe, expect, it } from "vitest";
import { figureProblems, figuresOf } from "../../setup/course/figures.mjs";
import type { FigureRecord } from "../../src/course/figure.ts";
import { chapterFile, numbersAfter, outputs, printed, readNotebook, VEGA_LITE } from "./notebook.ts";

const chapter = readNotebook(chapterFile("06"));
const figures = figuresOf(chapter) as FigureRecord[];

/** The numbers of a line, whose thousands are parted by commas. */
const countsAfter = (cell: string, phrase: string): number[] => {
  const line = printed(chapter, cell).split("\n").find((each) => each.includes(phrase));
  return (line?.slice(line.indexOf(phrase) + phrase.length).match(/\d[\d,]*/g) ?? []).map((number) => Number(number.replaceAll(",", "")));
};

/** The pictures of a cell's last chart, as the addresses that it holds. */
function picturesOf(cell: string): string[] {
  const spec = outputs(chapter).findLast((output) => output.cell === cell && output.data?.[VEGA_LITE] !== undefined)!.data![VEGA_LITE];
  return [...JSON.stringify(spec).matchAll(/"url":"(data:image\/png;base64,[^"]+)"/g)].map(([, url]) => url!);
}

describe("chapter 6 as saved", () => {
  it("counts LeNet-5 as its paper does, layer by layer", () => {
    const paper = { C1: [156, 122_304], S2: [12, 5880], C3: [1516, 151_600], S4: [32, 2000], C5: [48_120, 48_120], F6: [10_164, 10_164] };
    for (const [layer, counts] of Object.entries(paper)) expect(countsAfter("paper-count", `${layer}  `), layer).toEqual(counts);
    expect(printed(chapter, "paper-count")).toContain("60,000 parameters, 340,908 connections");
  });

  it("counts the books' networks as the books do", () => {
    expect(countsAfter("rung-function", "a bias for each map:")).toEqual([61_706]);
    expect(countsAfter("rung-function", "a bias for each place:")).toEqual([67_988]);
    const networks = { "Algorithms in Practice": 61_706, "Principles and Practice": 254_718, Keras: 1_256_080, PaddlePaddle: 37_106 };
    for (const [book, count] of Object.entries(networks)) expect(countsAfter("books-run", book)[0], book).toBe(count);
    expect(countsAfter("pictures-network-run", "simple one:")).toEqual([4_200_842]);
    expect(countsAfter("pictures-network-run", "deeper one:")).toEqual([1_676_842]);
  });

  it("agrees with the library from layer to loop", () => {
    expect(numbersAfter(chapter, "rung-module", "max difference from our own function:")[0]).toBeLessThan(1e-5);
    expect(numbersAfter(chapter, "rung-order", "largest: max difference of the two orders")).toEqual([0]);
    expect(numbersAfter(chapter, "rung-order", "mean: max difference of the two orders")[0]).toBeGreaterThan(0.01);
    expect(numbersAfter(chapter, "concise-run", "max difference of any parameter:")).toEqual([0]);
  });

  it("changes the map of a kernel that was turned, and no other", () => {
    const [before, after] = [picturesOf("inside-change-run").slice(0, 6), picturesOf("inside-change-run").slice(6)];
    expect(after).toHaveLength(6);
    expect(after[0]).not.toBe(before[0]);
    expect(after.slice(1)).toEqual(before.slice(1));
    expect(new Set(before).size).toBe(6);
    const [turned, back] = ["with kernel 0 turned:", "turned back:"].map((phrase) => numbersAfter(chapter, "inside-change-run", phrase)[0]!);
    expect(turned).toBeLessThan(back!);
  });

  it("claims what it must reach, measured on the real files, and reaches it", () => {
    expect(figureProblems("06", figures)).toEqual([]);
    const atLeast = Object.fromEntries(figures.map(({ id, band }) => [id, band?.atLeast]));
    expect(atLeast).toMatchObject({ "06.lenet5": 0.986, "06.few-plain": 0.87, "06.few-moved": 0.93, "06.pictures-plain": 0.6, "06.pictures-moved": 0.66 });
    for (const { id, data } of figures) expect(data.map(({ kind }) => kind), id).not.toContain("drawn");
  });

  it("prints the standard errors of both networks and of their difference", () => {
    const [plain, moved, gain] = ["as they are", "cut and mirrored", "gain "].map((phrase) => numbersAfter(chapter, "pictures-train", phrase));
    for (const [share, error] of [plain!, moved!]) expect(error).toBeCloseTo(Math.sqrt((share! * (1 - share!)) / 2000), 3);
    expect(gain![0]).toBeCloseTo(moved![0]! - plain![0]!, 3);
    // Most pictures are read alike by both, so that the pairs tell more than two separate shares.
    expect(gain![1]).toBeLessThan(Math.hypot(plain![1]!, moved![1]!));
  });
});
