/**
 * Hooks: functions that see, and may replace, what goes through a module, forward and back.
 */
import { describe, expect, test } from "vitest";
import { nn, ones, rand } from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { expectClose } from "../checks/closeness.ts";

describe("hooks", () => {
  test("see inputs and output, may replace them, and can be taken off", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU());
    const seen: number[][] = [];
    const before = net.registerForwardPreHook((_, [x]) => [x.mul(0)]);
    const after = net.at(1).registerForwardHook((module, [x], output) => {
      expect(module).toBe(net.at(1));
      seen.push([...x.shape], [...output.shape]);
      return output.add(1);
    });
    const bias = net.stateDict()["0.bias"]!;
    expect(net.forward(ones([3, 2])).at(0).data()).toEqual(bias.relu().add(1).data());
    expect(seen).toEqual([[3, 2], [3, 2]]);
    before.remove();
    after.remove();
    net.forward(ones([3, 2]));
    expect(seen).toHaveLength(2);
    expect(() => net.registerForwardHook(3 as never)).toThrow("a hook is a function");
  });

  test("see the gradients of inputs and outputs as they are", () => {
    const layer = new nn.Linear(3, 2);
    const seen: nn.Gradients[] = [];
    const handle = layer.registerFullBackwardHook((_, inputs, outputs) => void seen.push(inputs, outputs));
    const x = rand([4, 3]).requiresGrad_();
    const scale = rand([4, 2]);
    layer.forward(x).mul(scale).sum().backward();
    expect(seen[1]![0]!.data()).toEqual(scale.data());
    expectClose(seen[0]![0]!.data(), scale.matmul(layer.weight.detach()).data(), 1e-6);
    const [gradient, weights] = [x.grad!.data(), layer.weight.grad!.data()];
    handle.remove();
    x.grad = null;
    layer.zeroGrad();
    layer.forward(x).mul(scale).sum().backward();
    expect([x.grad!.data(), layer.weight.grad!.data()]).toEqual([gradient, weights]);
    expect(seen).toHaveLength(2);
  });

  test("are told of the outputs' gradients where no input needs one, and of none where nothing is recorded", () => {
    const layer = new nn.Linear(3, 2);
    let calls = 0;
    layer.registerFullBackwardHook((_, inputs, outputs) => {
      calls++;
      expect(inputs).toEqual([undefined]);
      expect(outputs[0]!.toArray()).toEqual([[1, 1]]);
    });
    layer.forward(rand([1, 3])).sum().backward();
    expect(calls).toBe(1);
  });

  test("may change the gradients that go on, in several inputs and outputs, and through second derivatives", () => {
    const layer = new nn.LSTM(2, 3);
    const shapes: unknown[] = [];
    layer.registerFullBackwardHook((_, inputs, outputs) => {
      shapes.push(inputs.map((each) => each?.shape), outputs.map((each) => each?.shape));
      return inputs.map((each) => each?.mul(2));
    });
    const x = rand([4, 1, 2]).requiresGrad_();
    const h0 = rand([1, 1, 3]).requiresGrad_();
    layer.forward(x, { h0 }).output.sum().backward();
    expect(shapes).toEqual([[[4, 1, 2], [1, 1, 3]], [[4, 1, 3], undefined, undefined]]);
    const doubled = x.grad!.data();
    const plain = new nn.LSTM(2, 3);
    plain.loadStateDict(layer.stateDict());
    x.grad = null;
    plain.forward(x, { h0 }).output.sum().backward();
    expectClose(doubled, x.grad!.mul(2).data(), 1e-6);

    const packed = nn.packPaddedSequence(x.detach().requiresGrad_(), [3]);
    layer.forward(packed).output.data.sum().backward();
    expect(shapes.slice(2)).toEqual([[[3, 2]], [[3, 3], undefined, undefined]]);

    const wrong = new nn.Tanh();
    wrong.registerFullBackwardHook(() => [ones([7])]);
    expect(() => wrong.forward(ones([2]).requiresGrad_()).sum().backward()).toThrow("gradient of shape [7] for input 0");
    const short = new nn.Tanh();
    short.registerFullBackwardHook(() => []);
    expect(() => short.forward(ones([2]).requiresGrad_()).sum().backward()).toThrow("a backward hook gave 0 gradients for 1 inputs");
  });

  test("fire through super.forward once, and a field named forward cannot go around them", () => {
    class Twice extends nn.Linear {
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(2);
      }
    }
    const layer = new Twice(2, 2);
    let calls = 0;
    layer.registerForwardHook(() => void calls++);
    layer.forward(ones([1, 2]));
    expect(calls).toBe(1);
    class Field extends nn.Module {
      override forward = (x: Tensor): Tensor => x;
    }
    expect(() => new Field()).toThrow("Field: the class has no method forward(x) { … }; a field of that name does not do");
    class Over extends nn.Tanh {
      override forward = (x: Tensor): Tensor => x;
    }
    expect(() => new Over()).toThrow(TypeError);
  });
});
