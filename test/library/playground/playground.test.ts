/** Settings with sliders: what they may be, that running code reads the newest, and what is told to whom. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { display, playground } from "../../../src/index.ts";
import type { Json, SavedView } from "../../../src/view/index.ts";
import type { PlaygroundState } from "../../../src/view/states/playground.ts";
import { Notebook } from "../view/notebook.ts";

const MIME = "application/vnd.nabla.view.v1+json";
const notebook = new Notebook();
notebook.install();
beforeEach(() => {
  notebook.shown.length = 0;
  notebook.said.length = 0;
});

const make = () => playground({
  lr: { min: 0.001, max: 1, log: true, value: 0.1 },
  width: { min: 1, max: 16, value: 4 },
  noise: { min: 0, max: 0.5 },
  dataset: ["moons", "circles", "spirals"],
  normalise: false,
});
const set = (name: string, value: Json) => ({ type: "event", name: "set", params: { name, value } }) as const;
const savedState = () => (notebook.shown.at(-1)!.bundle[MIME] as SavedView<PlaygroundState>).state;

describe("values", () => {
  it("begin where they are told to, or in the middle, with types of their own", () => {
    const p = make();
    const [lr, width, dataset, normalise]: [number, number, "moons" | "circles" | "spirals", boolean] = [p.lr, p.width, p.dataset, p.normalise];
    expect({ lr, width, noise: p.noise, dataset, normalise }).toEqual({ lr: 0.1, width: 4, noise: 0.25, dataset: "moons", normalise: false });
    expect(p.values).toEqual({ lr: 0.1, width: 4, noise: 0.25, dataset: "moons", normalise: false });
    // @ts-expect-error: there is no such setting
    expect(p.depth).toBeUndefined();
    // @ts-expect-error: it is no choice
    expect(() => (p.dataset = "squares")).toThrow('dataset is one of "moons", "circles", "spirals", got "squares"');
    expect(playground({ rate: { min: 0.01, max: 100, log: true } }).rate).toBeCloseTo(1, 12);
  });

  it("are set by code, all or none, and go back to the start", () => {
    const p = make();
    p.set({ lr: 0.5, dataset: "spirals" });
    p.width = 7;
    expect([p.lr, p.dataset, p.width]).toEqual([0.5, "spirals", 7]);
    expect(() => p.set({ noise: 0.1, width: 17 })).toThrow("width is a number from 1 to 16, got 17");
    expect(p.noise).toBe(0.25);
    expect(() => p.set({ depth: 3 } as object)).toThrow('there is no setting "depth"; there are lr, width, noise, dataset, normalise');
    p.reset();
    expect(p.values).toEqual(make().values);
  });

  it("cannot be what makes no control", () => {
    expect(() => playground({})).toThrow("something to set");
    expect(() => playground({ lr: { min: 1, max: 1 } })).toThrow("min of lr must be below max");
    expect(() => playground({ lr: { min: 0, max: 1, log: true } })).toThrow("a logarithmic range has no zero in it");
    expect(() => playground({ lr: { min: 0, max: 1, value: 2 } })).toThrow("lr starts at 2, outside of its range from 0 to 1");
    expect(() => playground({ kind: [] })).toThrow("kind has no choices");
    expect(() => playground({ kind: ["a", "a"] })).toThrow("a choice twice");
    expect(() => playground({ "learning rate": true })).toThrow("cannot be the name of a variable");
    // @ts-expect-error: it is a method here
    expect(() => playground({ reset: true })).toThrow("a setting cannot be called reset");
    expect(() => playground({ lr: 0.1 as unknown as boolean })).toThrow("give a range { min, max }, a list of choices, or true or false");
  });
});

describe("in a notebook", () => {
  it("a loop that never awaits reads what the page says at that moment", () => {
    const p = make();
    display(p);
    const seen: number[] = [];
    for (let step = 0; step < 4; step++) {
      if (step === 2) notebook.writes(set("lr", 0.7));
      seen.push(p.lr);
    }
    expect(seen).toEqual([0.1, 0.1, 0.7, 0.7]);
  });

  it("what a page sends is brought into the range and to a place of the slider, or left out", () => {
    const p = make();
    display(p);
    for (const [name, value, expected] of [["width", 5.4, 5], ["width", 99, 16], ["noise", 0.1234, 0.125], ["lr", 0.123456, 0.123], ["lr", -1, 0.001], ["dataset", "circles", "circles"], ["dataset", "squares", "circles"], ["normalise", true, true], ["normalise", 1, true], ["lr", "NaN", 0.001]] as const) {
      notebook.writes(set(name, value));
      expect([name, value, p[name]]).toEqual([name, value, expected]);
    }
    notebook.writes({ type: "event", name: "reset", params: null });
    expect(p.values).toEqual(make().values);
  });

  it("tells of a change once: between cells at once, in a loop before the value is read, from code at once", () => {
    const p = make();
    display(p);
    const told: unknown[] = [];
    const end = p.onChange(["width", "dataset"], ({ name, value, previous }) => told.push([name, value, previous, p.width]));
    notebook.says(set("width", 8));
    notebook.says(set("lr", 0.2));
    expect(told.splice(0)).toEqual([["width", 8, 4, 8]]);
    notebook.writes(set("width", 9));
    notebook.writes(set("width", 10));
    notebook.writes(set("dataset", "spirals"));
    expect(p.lr).toBe(0.2);
    expect(told.splice(0)).toEqual([["width", 10, 8, 10], ["dataset", "spirals", "moons", 10]]);
    p.set({ width: 3 });
    expect(told.splice(0)).toEqual([["width", 3, 10, 3]]);
    end();
    p.width = 4;
    expect(told).toEqual([]);
    expect(() => p.onChange("depth" as "width", () => undefined)).toThrow("there is no setting");
  });

  it("a model that is built anew in a callback is used by the next line of a loop", () => {
    const p = make();
    display(p);
    let model = { width: p.width };
    p.onChange("width", () => (model = { width: p.width }));
    const logged: [number, number][] = [];
    for (let step = 0; step < 3; step++) {
      if (step === 1) notebook.writes(set("width", 12));
      const { lr } = p;
      logged.push([lr, model.width]);
    }
    expect(logged).toEqual([[0.1, 4], [0.1, 12], [0.1, 12]]);
  });

  it("an error of a callback ends the loop that read the value", () => {
    const p = make();
    display(p);
    p.onChange("width", () => {
      throw new RangeError("too wide");
    });
    notebook.writes(set("width", 16));
    expect(() => p.lr).toThrow("too wide");
    expect(p.width).toBe(16);
  });

  it("every page learns of a change, and the output holds the values some time after it", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const p = make();
      display(p);
      notebook.says({ type: "hello", since: 0 });
      notebook.said.length = 0;
      notebook.says(set("lr", 0.3));
      p.width = 2;
      expect(notebook.said.map((said) => said.type === "message" && said.message)).toEqual([{ values: { lr: 0.3 }, isEcho: true }, { values: { width: 2 }, isEcho: false }]);
      expect(savedState().values["lr"]).toBe(0.1);
      vi.advanceTimersByTime(1500);
      expect(notebook.shown.at(-1)!.isUpdate).toBe(true);
      expect(savedState().values).toMatchObject({ lr: 0.3, width: 2 });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("as code and as text", () => {
  it("the setting is a line of code, or what it is told to be", () => {
    const p = make();
    p.lr = 0.02;
    expect(p.code()).toBe('const lr = 0.02, width = 4, noise = 0.25, dataset = "moons", normalise = false;');
    const own = playground({ width: { min: 1, max: 8, value: 3 }, optimizer: ["SGD", "Adam"] }, { code: "new optim.{{!optimizer}}(new nn.Linear(2, {{width}}), {{other}})" });
    own.optimizer = "Adam";
    expect(own.code()).toBe("new optim.Adam(new nn.Linear(2, 3), {{other}})");
  });

  it("without a page that draws it says what there is and how to set it", () => {
    const p = make();
    display(p);
    expect(notebook.shown.at(-1)!.bundle["text/plain"]).toBe([
      "playground",
      "  lr         0.1    0.001 to 1, by factors",
      "  width      4      1 to 16",
      "  noise      0.25   0 to 0.5",
      "  dataset    moons  moons, circles, spirals",
      "  normalise  false  true or false",
      "  set({ … }) on it changes values: set({ lr: 0.1 })",
    ].join("\n"));
  });
});
