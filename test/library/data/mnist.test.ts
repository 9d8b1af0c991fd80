/** The digits as tensors: the same numbers as in the files, scaled. */
import { beforeAll, describe, expect, it } from "vitest";
import { loadMnist, mnist } from "../../../src/data/index.ts";
import type { MnistFiles, MnistTensors } from "../../../src/data/index.ts";
import { memory } from "../../../src/index.ts";

describe("the digits as tensors", () => {
  let files: MnistFiles;
  let tensors: MnistTensors;
  let taken: number;
  beforeAll(async () => {
    // Without mirrors: the files of NABLA_DATA or of the cache, or else the drawn digits.
    files = await loadMnist({ mirrors: [] });
    const before = memory();
    tensors = await mnist({ mirrors: [] });
    const after = memory();
    taken = after.bytes + after.cachedBytes - before.bytes - before.cachedBytes;
    console.log(`tensors of ${tensors.name}, checksum ${tensors.checksum}`);
  });

  it("are float32 rows of 784 grey levels between 0 and 1, with int32 labels", () => {
    for (const part of ["train", "test"] as const) {
      const { images, labels } = tensors[part];
      expect([images.dtype, labels.dtype]).toEqual(["float32", "int32"]);
      expect(images.shape).toEqual([files[part].count, 784]);
      expect(labels.shape).toEqual([files[part].count]);
    }
    expect(tensors).toMatchObject({ name: files.name, checksum: files.checksum });
  });

  it("take the memory of float32 pixels and of the bytes that they come from, and not a second copy", () => {
    const pixels = tensors.train.images.numel + tensors.test.images.numel;
    expect(taken).toBeGreaterThanOrEqual(4 * pixels);
    expect(taken).toBeLessThan(6.5 * pixels);
  });

  it("are the bytes of the files divided by 255", () => {
    const last = files.test.count - 1;
    const bytes = files.test.images.subarray(last * 784);
    expect([...tensors.test.images.narrow(0, last, 1).data()]).toEqual(Array.from(bytes, (byte) => Math.fround(byte / 255)));
    expect([...tensors.train.labels.data()]).toEqual([...files.train.labels]);
  });
});
