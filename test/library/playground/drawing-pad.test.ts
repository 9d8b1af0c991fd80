/** The drawing pad: what code sees is what the page is sent, and what a model makes of it. */
import { beforeEach, describe, expect, it } from "vitest";
import { display, nn, playground, rand, tensor } from "../../../src/index.ts";
import type { DrawingPad, Tensor } from "../../../src/index.ts";
import type { Json, SavedView } from "../../../src/view/index.ts";
import type { PadState } from "../../../src/view/states/pad.ts";
import { Notebook } from "../view/notebook.ts";

const MIME = "application/vnd.nabla.view.v1+json";
const notebook = new Notebook();
notebook.install();
beforeEach(() => {
  notebook.shown.length = 0;
  notebook.said.length = 0;
});

const event = (name: string, params: Json = null) => ({ type: "event", name, params }) as const;
const seven = [[0.3, 0.2], [0.7, 0.2], [0.45, 0.8]] as const;
const savedState = () => (notebook.shown.at(-1)!.bundle[MIME] as SavedView<PadState>).state;
const levelsOf = (picture: Tensor): number[] => [...picture.data()].map((level) => Math.round(255 * Number(level)));
function shown(pad: DrawingPad): PadState {
  display(pad);
  return savedState();
}

describe("what is drawn", () => {
  it("is a picture [1, 28, 28] whose levels, in 255ths, are the bytes that the page shows", () => {
    const pad = playground.drawingPad({ strokes: [seven] });
    expect([pad.value.shape, pad.value.dtype, pad.isEmpty]).toEqual([[1, 28, 28], "float32", false]);
    expect([...Buffer.from(shown(pad).value, "base64")]).toEqual(levelsOf(pad.value));
    for (const level of pad.value.data()) expect(Math.fround(Math.round(255 * Number(level)) / 255)).toBe(level);
    expect(Math.max(...levelsOf(pad.value))).toBeGreaterThan(200);
  });

  it("grows with the lines that a page sends, also in the middle of a loop, and the last of a line counts", () => {
    const pad = playground.drawingPad();
    display(pad);
    expect(pad.isEmpty).toBe(true);
    notebook.writes(event("stroke", { id: "a", points: [0.3, 0.2, 0.7, 0.2] }));
    notebook.writes(event("stroke", { id: "a", points: seven.flat() }));
    expect(levelsOf(pad.value)).toEqual(levelsOf(playground.drawingPad({ strokes: [seven] }).value));
    expect(shown(pad).marks).toHaveLength(1);
    notebook.says(event("stroke", { id: "b", points: [0.4, 0.5, 0.7, 0.5] }));
    expect(shown(pad).marks).toHaveLength(2);
    notebook.says(event("stroke", { id: "c", points: [null, 0.5] as unknown as Json }));
    expect(shown(pad).marks).toHaveLength(2);
  });

  it("can be taken back step by step, and cleared, and that taken back too", () => {
    const pad = playground.drawingPad();
    display(pad);
    pad.draw(seven);
    const first = levelsOf(pad.value);
    notebook.says(event("stroke", { id: "b", points: [0.4, 0.5, 0.7, 0.5] }));
    const second = levelsOf(pad.value);
    notebook.says(event("clear"));
    expect([pad.isEmpty, Math.max(...levelsOf(pad.value))]).toEqual([true, 0]);
    notebook.says(event("undo"));
    expect(levelsOf(pad.value)).toEqual(second);
    pad.undo();
    expect(levelsOf(pad.value)).toEqual(first);
    pad.undo();
    pad.undo();
    expect([pad.isEmpty, shown(pad).canUndo]).toEqual([true, false]);
  });

  it("stays where it is drawn when it is not centred", () => {
    const pad = playground.drawingPad({ centred: false });
    display(pad);
    pad.draw([[0.05, 0.05], [0.1, 0.05]]);
    const inkAt = (): number[] => [...levelsOf(pad.value).entries()].filter(([, level]) => level > 100).map(([place]) => place);
    expect(Math.max(...inkAt())).toBeLessThan(4 * 28);
    notebook.says(event("centre", { centred: true }));
    expect(Math.max(...inkAt())).toBeGreaterThan(13 * 28);
    pad.centred = false;
    expect(Math.max(...inkAt())).toBeLessThan(4 * 28);
  });

  it("is told to whoever wants to know, with a picture of their own", () => {
    const pad = playground.drawingPad();
    display(pad);
    const seen: number[][] = [];
    const end = pad.onChange((picture) => {
      seen.push(levelsOf(picture));
      picture.fill_(0.5);
    });
    notebook.says(event("stroke", { id: "a", points: seven.flat() }));
    end();
    pad.clear();
    expect(seen).toEqual([levelsOf(playground.drawingPad({ strokes: [seven] }).value)]);
  });

  it("can be a photo, from a page or from code; a line is a list of points", () => {
    const pad = playground.drawingPad();
    display(pad);
    // A dark bar on light paper, 20 by 60 of 100.
    const bar = tensor(Float32Array.from({ length: 10_000 }, (_, i) => (i % 100 >= 40 && i % 100 < 60 && i >= 2000 && i < 8000 ? 0.1 : 0.9)), { shape: [1, 100, 100] });
    pad.load(bar);
    const byCode = levelsOf(pad.value);
    expect(byCode.filter((level) => level > 127)).toHaveLength(20 * 7);
    notebook.says(event("clear"));
    notebook.says(event("picture", { side: 100, grey: Buffer.from([...bar.data()].map((level) => 255 * Number(level))).toString("base64") }));
    expect(levelsOf(pad.value)).toEqual(byCode);
    expect(() => pad.load(rand([3, 10, 10]))).toThrow("load takes a square picture [side, side] in grey, got shape [3, 10, 10]");
    expect(() => pad.draw([])).toThrow("a line is a list of points [x, y]");
    expect(() => pad.draw([[0.1, NaN]])).toThrow("a line is a list of points [x, y]");
  });
});

describe("a model", () => {
  it("is asked about each change: a module by picture or by row, without its dropout, or a function", () => {
    const rows = new nn.Sequential({ first: new nn.Linear(784, 5), drop: new nn.Dropout(0.9), last: new nn.Linear(5, 3) });
    const pictures = new nn.Sequential({ conv: new nn.Conv2d(1, 2, 5), flat: new nn.Flatten(), last: new nn.Linear(2 * 24 * 24, 4) });
    const expected = (model: nn.Module, value: Tensor, shape: number[]): number[] => {
      model.eval();
      const row = model.forward(value.reshape(shape)).softmax(-1).data();
      model.train();
      return [...row].map(Number);
    };
    for (const [model, shape] of [[rows, [1, 784]], [pictures, [1, 1, 28, 28]]] as const) {
      const pad = playground.drawingPad({ model });
      expect(pad.probabilities).toBeUndefined();
      pad.draw(seven);
      expected(model, pad.value, [...shape]).forEach((each, i) => expect(pad.probabilities![i]).toBeCloseTo(each, 5));
      expect([...model.modules()].every(({ training }) => training)).toBe(true);
      const { probabilities } = shown(pad);
      expect(probabilities!.names).toEqual(Array.from({ length: pad.probabilities!.length }, (_, i) => String(i)));
    }
    const certain = playground.drawingPad({ model: () => tensor([[0.25, 0.75]]), classes: ["no", "yes"], strokes: [seven] });
    expect(certain.probabilities).toEqual([0.25, 0.75]);
    expect(shown(certain).probabilities).toEqual({ names: ["no", "yes"], values: [0.25, 0.75] });
  });

  it("that learns is asked again on request", () => {
    const model = new nn.Linear(784, 2);
    const pad = playground.drawingPad({ model, strokes: [seven] });
    model.weight.requiresGrad_(false).fill_(0);
    model.bias!.requiresGrad_(false).fill_(0);
    pad.refresh();
    expect(pad.probabilities).toEqual([0.5, 0.5]);
  });

  it("that cannot read the picture is not the end: the pad says why", () => {
    const pad = playground.drawingPad({ model: new nn.Linear(100, 10), strokes: [seven] });
    expect(pad.probabilities).toBeUndefined();
    expect(shown(pad).problem).toContain("784");
    const square = playground.drawingPad({ model: () => rand([2, 5]), strokes: [seven] });
    expect(shown(square).problem).toContain("gave shape [2, 5]; expected one number for each class, [1, classes]");
    expect(String(square)).toContain("expected one number for each class");
  });
});

it("without a page that draws it, the output is a chart of the picture and the probabilities, and text", () => {
  const pad = playground.drawingPad({ model: () => tensor([[0, 0, 0, 0, 0, 0, 0, 1, 0, 0]]), strokes: [seven], title: "A seven" });
  display(pad);
  const { bundle } = notebook.shown.at(-1)!;
  const spec = bundle["application/vnd.vegalite.v5+json"] as { hconcat: { title: unknown }[]; background: string };
  expect([spec.hconcat.length, spec.background, JSON.stringify(spec).includes("Read as 7")]).toEqual([2, "white", true]);
  expect(bundle["text/plain"]).toContain("7: 100.0 %");
  expect(bundle["text/plain"]).toContain("█");
});
