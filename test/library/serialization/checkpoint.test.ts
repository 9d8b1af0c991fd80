/** Checkpoints: what was saved comes back bit for bit, whatever it is, and a run goes on as if it had not stopped. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arange, FileFormatError, Generator, load, loadSafetensors, manualSeed, NablaError, rand, random, save, saveSafetensors, tensor } from "../../../src/index.ts";
import type { State, Tensor } from "../../../src/index.ts";
import { cutOff, errorOf, flipped } from "./damage.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla-checkpoint-"));
  file = path.join(folder, "run.nabla");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const again = <Saved>(state: Saved): Saved => {
  save(file, state);
  return load<Saved>(file);
};

describe("a checkpoint", () => {
  it("gives back nested state with its tensors bit for bit", () => {
    const weight = tensor([[1.5, NaN], [-0, 3e-40]], { requiresGrad: true });
    const state = {
      model: { "0.weight": weight, "0.bias": tensor([1, 2], { dtype: "float64" }) },
      optimiser: { state: [{ step: 3, momentum: arange(3) }], paramGroups: [{ lr: 0.1, params: [0] }] },
      mask: tensor([true, false]),
      history: new Float64Array([0.1, 0.2]),
    };
    const read = again(state);
    expect(read.model["0.weight"].requiresGrad).toBe(true);
    expect(read.model["0.bias"].requiresGrad).toBe(false);
    expect(new Int32Array(read.model["0.weight"].data().buffer)).toEqual(new Int32Array(weight.data().buffer));
    expect(read.model["0.bias"].dtype).toBe("float64");
    expect(read.optimiser.state[0]!.momentum.toArray()).toEqual([0, 1, 2]);
    expect(read.optimiser.paramGroups).toEqual([{ lr: 0.1, params: [0] }]);
    expect([read.mask.dtype, read.mask.toArray()]).toEqual(["bool", [1, 0]]);
    expect(read.history).toEqual(new Float64Array([0.1, 0.2]));
  });

  it("gives back any plain state", () => {
    const leaf = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.constantFrom(-0, NaN, Infinity, 5e-324));
    const { tree } = fc.letrec<{ tree: State }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 }, leaf, fc.array(tie("tree")), fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "tensor", "object", "a.b")), tie("tree"), { noNullPrototype: true }),
        fc.array(fc.tuple(fc.string(), tie("tree"))).map((entries) => new Map(entries)),
      ),
    }));
    fc.assert(fc.property(tree, (state) => { expect(again(state)).toStrictEqual(state); }), { numRuns: 150, seed: 4 });
  });

  it("keeps a tensor in two places one tensor, and tensors at like-named places apart", () => {
    const shared = arange(2);
    const read = again({ tied: [shared, shared], "a.b": tensor([1]), a: { b: tensor([2]) }, __metadata__: tensor([3]) });
    expect(read.tied[0]).toBe(read.tied[1]);
    expect([read["a.b"], read.a.b, read.__metadata__].map((value) => value.item())).toEqual([1, 2, 3]);
    expect(again(arange(3)).toArray()).toEqual([0, 1, 2]);
  });

  it("lets random numbers go on where they were", () => {
    const generator = new Generator(8);
    manualSeed(3);
    rand([5]);
    rand([5], { generator });
    save(file, { own: random.defaultGenerator.stateDict(), other: generator.stateDict() });
    const expected = [rand([4]), rand([4], { generator })].map((drawn) => drawn.toArray());
    const state = load<{ own: random.GeneratorState; other: random.GeneratorState }>(file);
    random.defaultGenerator.loadStateDict(state.own);
    const other = new Generator().loadStateDict(state.other);
    expect([rand([4]), rand([4], { generator: other })].map((drawn) => drawn.toArray())).toEqual(expected);
    expect(() => other.loadStateDict({ seed: 1, block: -1 })).toThrow(/block is -1/);
    expect(() => other.loadStateDict({} as random.GeneratorState)).toThrow(RangeError);
    expect(other.stateDict()).toEqual({ seed: 8, block: state.other.block + 1 });
  });

  it("can be read as safetensors by other programs", () => {
    save(file, { model: { weight: arange(2) }, epoch: 1 });
    expect(Object.keys(loadSafetensors(file).tensors)).toEqual(["model.weight"]);
  });

  it("refuses what it could not give back, says where it is, and leaves the old file", () => {
    save(file, { epoch: 1 });
    class Model {}
    const loop: Record<string, unknown> = {};
    loop.self = { loop };
    const refused: [unknown, RegExp][] = [
      [{ model: [new Model()] }, /state\.model\.0 is an instance of Model.*stateDict\(\)/],
      [{ schedule: () => 1 }, /state\.schedule is a value of type function/],
      [{ when: new Date() }, /state\.when is an instance of Date/],
      [{ bytes: Buffer.from("a") }, /state\.bytes is an instance of Buffer/],
      [10n, /the state is a value of type bigint/],
      [loop, /state\.self\.loop is an object that contains itself/],
    ];
    for (const [state, message] of refused) expect(() => save(file, state)).toThrow(message);
    expect(errorOf(() => save(file, Symbol()))).toBeInstanceOf(NablaError);
    expect(load(file)).toEqual({ epoch: 1 });
    expect(readdirSync(folder)).toEqual(["run.nabla"]);
  });
});

describe("a damaged checkpoint", () => {
  it("is refused wherever it is cut off and whichever bit is flipped", () => {
    save(file, { model: { weight: arange(3) }, lr: 0.1, list: [1, "a"] });
    const whole = readFileSync(file);
    for (const damaged of [...cutOff(whole, 200), ...flipped(whole, 5000).map(({ bytes }) => bytes)]) {
      writeFileSync(file, damaged);
      expect(errorOf(() => load(file))).toBeInstanceOf(FileFormatError);
    }
  });

  it("is told from safetensors that are no checkpoint, from another version and from a made-up structure", () => {
    const metadata = (structure: string, version = "1"): Record<string, string> => ({ "nabla.state": structure, "nabla.state.version": version });
    const tensors: Record<string, Tensor> = { a: arange(2) };
    const refused: [Record<string, string>, RegExp][] = [
      [{}, /read it with loadSafetensors\(\)/],
      [metadata("{}", "2"), /version 2; this library reads version 1/],
      [metadata('{"tensor":"b"}'), /names the tensor "b", which is not there/],
      [metadata('{"number":"12"}'), /holds \{"number":"12"\}/],
      [metadata('{"tensor":'), /run\.nabla, metadata: .*JSON/],
      [metadata('{"object":null}'), /the structure of the state is not as save\(\) writes it/],
    ];
    for (const [texts, message] of refused) {
      saveSafetensors(file, tensors, texts);
      expect(() => load(file)).toThrow(message);
      expect(errorOf(() => load(file))).toBeInstanceOf(FileFormatError);
    }
  });
});
