/** The IDX reader on files made by hand from the format's table. */
import { describe, expect, it } from "vitest";
import { IdxFormatError, parseIdx } from "../../../src/data/idx.ts";

describe("an IDX file", () => {
  it("gives its shape and bytes, laid out as the table of the MNIST page says", () => {
    const file = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60]);
    const { shape, data } = parseIdx(file);
    expect(shape).toEqual([2, 1, 3]);
    expect([...data]).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it("is read from the middle of a larger buffer too", () => {
    const file = Uint8Array.from([99, 99, 0, 0, 8, 1, 0, 0, 0, 2, 7, 8]).subarray(2);
    expect([...parseIdx(file).data]).toEqual([7, 8]);
  });

  it.each([
    ["still compressed", [0x1f, 0x8b, 8, 0], /still compressed/],
    ["empty", [], /two zero bytes/],
    ["of floats", [0, 0, 0x0d, 1, 0, 0, 0, 0], /type 0xd is not supported/],
    ["cut off in the header", [0, 0, 8, 3, 0, 0, 0, 2], /needs 16 bytes, but the file has 8/],
    ["cut off in the data", [0, 0, 8, 1, 0, 0, 0, 3, 1, 2], /shape \[3\] needs a file of 11 bytes, but this one has 10/],
    ["too long", [0, 0, 8, 1, 0, 0, 0, 1, 1, 2], /needs a file of 9 bytes/],
  ])("that is %s is refused", (_, bytes, message) => {
    expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(IdxFormatError);
    expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(message);
  });
});
