/** Tables of comma-separated values: read as RFC 4180 says, and refused by line and column. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv, readCsv } from "../../../src/data/index.ts";
import { FileAccessError, FileFormatError } from "../../../src/index.ts";

const iris = 'length,width,"species, common"\n5.1,3.5,setosa\r\n7,"3.2","blue ""flag"""\n\n-1e-3,NaN,"two\nlines"\n';

describe("a table of comma-separated values", () => {
  it("is read with its quotes, line endings and empty lines", () => {
    const table = parseCsv(iris);
    expect([table.length, table.columns]).toEqual([3, ["length", "width", "species, common"]]);
    expect(table.texts("species, common")).toEqual(["setosa", 'blue "flag"', "two\nlines"]);
    expect(table.at(1)).toEqual({ length: "7", width: "3.2", "species, common": 'blue "flag"' });
    expect(() => table.at(3)).toThrow(RangeError);
  });

  it("gives numbers as tensors, and categories as whole numbers", () => {
    const table = parseCsv("a;b;kind\n1;2.5;x\n-3;;y\n0;inf;x\n", { delimiter: ";" });
    expect(table.numbers(["a", "b"], { missing: -1, dtype: "float64" }).toArray()).toEqual([[1, 2.5], [-3, -1], [0, Infinity]]);
    expect([table.numbers("a", { dtype: "int32" }).toArray(), table.numbers("a").dtype, table.numbers("a").shape]).toEqual([[1, -3, 0], "float32", [3]]);
    const { codes, names } = table.categories("kind");
    expect([codes.toArray(), codes.dtype, names]).toEqual([[0, 1, 0], "int32", ["x", "y"]]);
  });

  it("may have no header, a byte order mark, no last line ending, and empty fields at the ends", () => {
    expect(parseCsv("1,2\n3,4", { header: false }).numbers(["0", "1"]).toArray()).toEqual([[1, 2], [3, 4]]);
    expect(parseCsv("\ufeffa,b\n,\n").at(0)).toEqual({ a: "", b: "" });
    expect(parseCsv("a,b\n1,").at(0)).toEqual({ a: "1", b: "" });
    expect(parseCsv('a\n""\n').texts("a")).toEqual([""]);
    expect(parseCsv("a,b\n").numbers(["a", "b"]).shape).toEqual([0, 2]);
  });

  it("gives back every table that is written by the rules", () => {
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(fc.property(fc.array(fc.tuple(fc.string(), fc.string({ unit: fc.constantFrom(",", '"', "\n", "\r", "a") })), { minLength: 1 }), (rows) => {
      const text = rows.map((row) => row.map(quoted).join(",")).join("\r\n");
      const table = parseCsv(text, { header: false });
      expect([table.texts("0"), table.texts("1")]).toEqual([rows.map(([a]) => a), rows.map(([, b]) => b)]);
    }), { seed: 3 });
  });
});

describe("a broken table", () => {
  it.each([
    ["a,b\n1,2\n3\n", /line 3, column 1: the row has 1 fields, but the table has 2 columns/],
    ["a,b\n1,2,3\n", /line 2, column 3: the row has 3 fields/],
    ['a,b\n1,"2\n3,4\n', /line 2, column 3: the quote that opens here is never closed/],
    ['a,b\n"1"x,2\n', /line 2, column 4: "x" after a closing quote/],
    ['a,b\n1"2,3\n', /line 2, column 2: a quote in the middle of a field/],
    ['a,b\n"x\ny"z,3\n', /line 3, column 3: "z" after a closing quote/],
    ["a,a\n", /line 1, column 3: the column "a" is there twice/],
    ["", /line 1: the table is empty/],
  ])("%j is refused where it breaks", (text, message) => {
    expect(() => parseCsv(text)).toThrow(message);
    expect(() => parseCsv(text)).toThrow(FileFormatError);
  });

  it("is refused where a field is not the number it should be", () => {
    const table = parseCsv('a,b\n1,"two\nlines"\n3,0x10\n4,\n300,1.5\n');
    expect(() => table.numbers("b")).toThrow(/line 2, column 3: "two\\nlines" in the column "b" is not a number/);
    expect(() => parseCsv("a\n1\n0x10").numbers("a")).toThrow(/line 3, column 1: "0x10"/);
    expect(() => parseCsv("a,b\n1,").numbers("b")).toThrow(/line 2, column 3: a number is missing in the column "b".*missing: NaN/);
    expect(() => table.numbers("a", { dtype: "uint8" })).toThrow(/line 6, column 1: "300" in the column "a" does not fit in uint8/);
    expect(() => parseCsv("a\n1.5").numbers("a", { dtype: "int32" })).toThrow(/does not fit in int32/);
    expect(() => table.numbers("c")).toThrow(/no column "c" in this text; there are "a", "b"/);
    expect(() => parseCsv("a", { delimiter: "||" })).toThrow(/must be one character/);
  });

  it("names the file, and the line that is not UTF-8", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "nabla-csv-"));
    const file = path.join(folder, "t.csv");
    writeFileSync(file, Buffer.from([0x61, 0x0a, 0x62, 0x0a, 0xff, 0x0a]));
    expect(() => readCsv(file)).toThrow(/t\.csv, line 3: the text is not UTF-8/);
    writeFileSync(file, "größe\n1\n");
    expect(readCsv(file).numbers("größe").toArray()).toEqual([1]);
    expect(() => readCsv(path.join(folder, "none.csv"))).toThrow(FileAccessError);
    rmSync(folder, { recursive: true });
  });
});
