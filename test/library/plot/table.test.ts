/** The table behind a chart. */
import { inspect } from "node:util";
import { expect, it } from "vitest";
import * as plot from "../../../src/plot/index.ts";

const table = plot.line({ training: [1, 2.5], "with, a comma": [3, NaN] }, { xTitle: "epoch", yTitle: "loss" }).table;

it("has every number with all its digits, and null where there is none", () => {
  expect(plot.line([1 / 3]).table.rows).toEqual([{ x: 0, y: 1 / 3 }]);
  expect(table.rows[3]).toEqual({ series: "with, a comma", epoch: 1, loss: null });
  expect(table.column("loss")).toEqual([1, 2.5, 3, null]);
  expect([...table]).toHaveLength(4);
});

it("is aligned text in a terminal, and a table in a notebook", () => {
  expect(inspect(table)).toBe([
    "series         epoch  loss",
    "training           0     1",
    "training           1   2.5",
    "with, a comma      0     3",
    "with, a comma      1     –",
  ].join("\n"));
  const bundle = (plot.bar({ "a<b": 1 }).table as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
  expect(bundle["text/html"]).toBe('<table><thead><tr><th scope="col">name</th><th scope="col">value</th></tr></thead><tbody><tr><td>a&#60;b</td><td>1</td></tr></tbody></table>');
});

it("copies as comma-separated values", () => {
  expect(table.toCSV()).toBe('series,epoch,loss\r\ntraining,0,1\r\ntraining,1,2.5\r\n"with, a comma",0,3\r\n"with, a comma",1,\r\n');
});

it("shows the ends of a long one, and keeps all of it", () => {
  const long = plot.line(Array.from({ length: 5000 }, (_, i) => i)).table;
  expect(long.length).toBe(5000);
  expect(String(long).split("\n")).toHaveLength(1 + 60 + 1);
  expect(String(long)).toMatch(/…\s+…\n4990/);
});
