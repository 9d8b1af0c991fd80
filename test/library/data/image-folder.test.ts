/** Pictures in files and folders: read as Pillow reads them, loaded ahead in batches, damaged ones refused with file and byte. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataLoader, ImageFolder, readImage } from "../../../src/data/index.ts";
import { FileAccessError, FileFormatError, NablaError, TensorIndexError } from "../../../src/index.ts";
import recorded from "./recorded-pictures.json" with { type: "json" };

let folder: string;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), "nabla-pictures-")); });
afterEach(() => rmSync(folder, { recursive: true }));

const bytesOf = (name: string): Buffer => Buffer.from(recorded.pictures.find((picture) => picture.name === name)!.bytes, "base64");
function put(name: string, bytes: Uint8Array): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}
/** The largest difference of two pictures in steps of 1 of 255. */
async function difference(file: string, { shape, pixels }: { shape: number[]; pixels: number[] }): Promise<number> {
  const image = await readImage(file);
  expect([image.shape, image.dtype]).toEqual([shape, "float32"]);
  const values = image.data();
  return pixels.reduce((most, pixel, i) => Math.max(most, Math.abs(values[i]! * 255 - pixel)), 0);
}

describe("a picture", () => {
  it.each(recorded.pictures)("$name is read as Pillow reads it", async (picture) => {
    const steps = await difference(put(picture.name, Buffer.from(picture.bytes, "base64")), picture);
    // Decoders of JPEG may round differently by a step or two.
    expect(steps).toBeLessThan(picture.name.endsWith("png") ? 0.001 : 2.001);
  });

  it("is turned upright, and white where it is transparent", async () => {
    expect(await difference(put("a.png", Buffer.from(recorded.sideways.bytes, "base64")), recorded.sideways)).toBeLessThan(0.001);
    expect(await difference(put("b.png", Buffer.from(recorded.transparent.bytes, "base64")), recorded.transparent)).toBeLessThan(0.001);
  });

  it("is brought to a size, in colour or grey", async () => {
    const file = put("a.png", bytesOf("colour.png"));
    expect((await readImage(file, { size: [6, 6] })).shape).toEqual([3, 6, 6]);
    expect((await readImage(file, { size: [5, 9], fit: "fill", channels: 1 })).shape).toEqual([1, 5, 9]);
    // Cut to the middle, the left column is the third of the picture and not its first.
    const [cut, squeezed] = [await readImage(file, { size: [12, 12] }), await readImage(file, { size: [12, 12], fit: "fill" })];
    expect(cut.at(1, 6, 0).item() * 255).toBeCloseTo(30, 0);
    expect(squeezed.at(1, 6, 0).item() * 255).toBeLessThan(12);
    await expect(readImage(file, { size: [0, 3] })).rejects.toThrow(NablaError);
    await expect(readImage(file, { channels: 2 as never })).rejects.toThrow(/1 \(grey\) or 3/);
  });
});

describe("a damaged picture", () => {
  it.each(["colour.png", "colour.jpg", "progressive.jpeg"])("%s, cut off anywhere, is refused with the file and the byte", async (name) => {
    const whole = bytesOf(name);
    for (let length = 1; length < whole.length; length += 23) {
      const file = put(name, whole.subarray(0, length));
      await expect(readImage(file)).rejects.toThrow(FileFormatError);
      await expect(readImage(file)).rejects.toThrow(length < 8 && name.endsWith("png") || length < 2 ? `${file}, byte 0: neither` : `${file}, byte ${length}: cut off`);
    }
  });

  it("is refused when any byte of a PNG's chunks is flipped", async () => {
    const whole = bytesOf("colour.png");
    for (let place = 8; place < whole.length; place += 7) {
      const damaged = Buffer.from(whole);
      damaged[place]! ^= 0x04;
      await expect(readImage(put("a.png", damaged))).rejects.toThrow(/a\.png, byte \d+: (the chunk ".*" is damaged: its CRC-32 should be|cut off)/s);
    }
  });

  it("is refused when a JPEG's segments are damaged, and when it is another kind of file", async () => {
    const damaged = bytesOf("colour.jpg");
    damaged.writeUInt16BE(3, 4);
    await expect(readImage(put("a.jpg", damaged))).rejects.toThrow(/a\.jpg, byte 7: damaged: a marker should be here/);
    const lossless = Buffer.from(bytesOf("colour.jpg"));
    lossless[lossless.indexOf(Buffer.of(0xff, 0xc0)) + 1] = 0xcb;
    await expect(readImage(put("a.jpg", lossless))).rejects.toThrow(/a\.jpg, the packed pixels: the picture cannot be decoded/);
    await expect(readImage(put("a.png", Buffer.from("GIF89a")))).rejects.toThrow(/byte 0: neither a PNG nor a JPEG/);
    await expect(readImage(put("a.png", Buffer.alloc(0)))).rejects.toThrow(/byte 0: the file is empty/);
    await expect(readImage(path.join(folder, "none.png"))).rejects.toThrow(FileAccessError);
  });
});

describe("a folder of pictures", () => {
  beforeEach(() => {
    put("pets/dog/b.JPG", bytesOf("colour.jpg"));
    put("pets/dog/more/a.png", bytesOf("colour.png"));
    put("pets/cat/a.png", bytesOf("grey.png"));
    put("pets/cat/notes.txt", Buffer.from("no picture"));
    put("pets/.hidden/a.png", bytesOf("grey.png"));
  });
  const pets = (): string => path.join(folder, "pets");

  it("has a class for each folder, and batches that a loader begins ahead", async () => {
    const set = new ImageFolder(pets(), { size: [8, 8] });
    expect([set.classes, set.length, set.samples.map(({ label }) => label)]).toEqual([["cat", "dog"], 3, [0, 1, 1]]);
    expect(set.samples.map((sample) => path.relative(pets(), sample.path))).toEqual(["cat/a.png", "dog/b.JPG", "dog/more/a.png"]);
    const batches = [];
    for await (const [images, labels] of new DataLoader(set, { batchSize: 2 })) batches.push([images.shape, labels.toArray(), labels.dtype]);
    expect(batches).toEqual([[[2, 3, 8, 8], [0, 1], "int32"], [[1, 3, 8, 8], [1], "int32"]]);
    await expect(set.at(3)).rejects.toThrow(TensorIndexError);
  });

  it("names the damaged picture when its batch is asked for", async () => {
    const file = put("pets/dog/c.png", bytesOf("colour.png").subarray(0, 60));
    const pass = (async () => { for await (const _ of new DataLoader(new ImageFolder(pets(), { size: [8, 8] }))); })();
    await expect(pass).rejects.toThrow(`${file}, byte 60: cut off`);
  });

  it("is refused when it has no classes, or a class no pictures", () => {
    expect(() => new ImageFolder(path.join(pets(), "cat"))).toThrow(/has no folders; put the pictures of each class/);
    mkdirSync(path.join(pets(), "fish"));
    expect(() => new ImageFolder(pets())).toThrow(/fish has no \.png, \.jpg or \.jpeg files/);
    expect(() => new ImageFolder(path.join(folder, "none"))).toThrow(FileAccessError);
  });
});
