/** Tape archives: what other programs write is read, and what is damaged or dangerous is refused. */
import { describe, expect, it } from "vitest";
import { readTar } from "../../../src/data/tar.ts";
import { FileFormatError } from "../../../src/index.ts";
import recorded from "./recorded-archives.json" with { type: "json" };
import { tarOf } from "./tar-writer.ts";

describe("a tape archive", () => {
  it.each([
    ["GNU", recorded.archives.gnu, recorded.files],
    ["pax", recorded.archives.pax, recorded.files],
    ["ustar", recorded.ustar, recorded.ustarFiles],
  ])("that Python writes in the %s format is read with its long names", (_, base64, files) => {
    const read = readTar(Buffer.from(base64, "base64"), "a.tar").map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]);
    expect(read).toEqual(files);
  });

  it("says where its files lie", () => {
    const archive = tarOf([{ name: "a", content: "first" }, { name: "b", content: "second" }]);
    expect(readTar(archive, "a.tar").map(({ start }) => start)).toEqual([512, 1536]);
  });

  it("cut off anywhere is refused with the byte", () => {
    const archive = tarOf([{ name: "a", content: "x".repeat(700) }]);
    for (const length of [0, 100, 512, 1000, 1536, 2000]) {
      expect(() => readTar(archive.subarray(0, length), "a.tar")).toThrow(new RegExp(`^a\\.tar, byte ${length}: cut off`));
    }
  });

  it("with a flipped byte in a header is refused with the byte", () => {
    const archive = tarOf([{ name: "a", content: "x" }, { name: "b", content: "y" }]);
    for (const place of [0, 130, 300]) {
      const damaged = Uint8Array.from(archive);
      damaged[1024 + place]! ^= 0x01;
      expect(() => readTar(damaged, "a.tar")).toThrow(/^a\.tar, byte 1024: not the header of an entry: its bytes add up to/);
      expect(() => readTar(damaged, "a.tar")).toThrow(FileFormatError);
    }
  });

  it.each([["../../etc/passwd"], ["/etc/passwd"], ["a/../../b"], ["C:\\x"], ["a\\..\\..\\b"]])("with an entry %s is refused", (name) => {
    expect(() => readTar(tarOf([{ name: "fine", content: "" }, { name, content: "x" }]), "a.tar")).toThrow(/byte 512: the entry .* points outside the archive; it is refused/);
  });

  it.each(["1", "2", "3"])("with an entry of kind %s, a link or a device, is refused", (kind) => {
    expect(() => readTar(tarOf([{ name: "link", content: "", kind }]), "a.tar")).toThrow(/is a link or a device/);
  });
});
