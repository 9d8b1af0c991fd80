/** The page's side of the stepper: the arithmetic that it writes is true, and the lines of its drawing go where they should. */
import { describe, expect, it } from "vitest";
import { arrowHead, curve } from "../../lab/src/graph/svg.ts";
import { elementName, elementwiseDerivatives, forwardArithmetic, gradientFactors, gradientTerms, matrixOf, shown } from "../../lab/src/views/stepper/arithmetic.ts";
import { progressAfter } from "../../lab/src/views/stepper/progress.ts";
import { inspect, manualSeed, nn, randn, tensor } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import type { StepperState } from "../../src/view/states/stepper.ts";

manualSeed(11);
const [x, w, b] = [randn([2, 3]), randn([3, 2], { requiresGrad: true }), randn([2], { requiresGrad: true })];
const state: StepperState = inspect.backprop(({ x, w, b }) => {
  const z = x.matmul(w).add(b);
  const h = z.tanh();
  return { z, h, loss: h.mul(h).sub(h.mul(-0.5)).pow(2).mean() };
}, { x, w, b }).state;

/** What a written line comes to: its signs turned into JavaScript's. */
function evaluated(text: string): number {
  const code = text.replaceAll("−", "-").replaceAll("×", "*").replaceAll("÷", "/").replaceAll("^", "**").replaceAll("tanh(", "Math.tanh(");
  return Function(`return (${code});`)() as number;
}

describe("the arithmetic of the page", () => {
  it("comes to the values, within the digits that it shows", () => {
    const seen = new Set<string>();
    for (const box of state.boxes.filter(({ kind }) => kind === "call")) {
      box.values[0]!.values!.forEach((value, element) => {
        const line = forwardArithmetic(state, box, element);
        expect(line, box.expression).toBeDefined();
        seen.add(box.operation!);
        expect(Math.abs(evaluated(line!) - Number(value))).toBeLessThan(0.01 * (1 + Math.abs(Number(value))));
      });
    }
    expect(seen).toEqual(new Set(["matmul", "add", "tanh", "mul", "sub", "pow", "mean"]));
  });

  it("has terms that come to each element that goes back", () => {
    for (const arrow of state.arrows.filter(({ contribution }) => contribution !== undefined)) {
      arrow.contribution!.forEach((value, element) => {
        const terms = gradientTerms(state, arrow, element)!;
        expect(terms.reduce((sum, { upstream, local }) => sum + Number(upstream) * Number(local), 0)).toBeCloseTo(Number(value), 5);
      });
    }
  });

  it("multiplies the matrices that it shows", () => {
    const layer = new nn.Linear(3, 2);
    const { state: linear } = inspect.backprop((x: Tensor) => layer.forward(x).pow(2).sum(), [randn([4, 3], { requiresGrad: true })]);
    let found = 0;
    for (const all of [state, linear]) {
      for (const arrow of all.arrows) {
        const factors = gradientFactors(all, arrow);
        if (factors === undefined || arrow.contribution === undefined) continue;
        const [left, right] = factors.map(({ values, shape }) => tensor(values.map(Number)).reshape(shape));
        found++;
        left!.matmul(right!).data().forEach((value, i) => expect(value).toBeCloseTo(Number(arrow.contribution![i]), 4));
      }
    }
    expect(found).toBe(3);
  });

  it("shows a local derivative beside each element where there is one for each", () => {
    const tanh = state.boxes.find(({ operation }) => operation === "tanh")!;
    const arrow = state.arrows.find(({ to }) => to === tanh.id)!;
    elementwiseDerivatives(state, arrow)!.forEach((value, i) => expect(Number(value)).toBeCloseTo(1 - Number(tanh.values[0]!.values![i]) ** 2, 5));
    const product = state.boxes.find(({ operation }) => operation === "matmul")!;
    expect(elementwiseDerivatives(state, state.arrows.find(({ to }) => to === product.id)!)).toBeUndefined();
  });

  it("writes names and numbers as code and paper do", () => {
    expect([elementName("w", [2, 3], 4), elementName("v", [], 0), elementName("t", [2, 2, 2], 5)]).toEqual(["w[1, 1]", "v", "t[1, 0, 1]"]);
    expect([0, 1, -0.25, 1234.56, 123456, 0.00012, -3.14159265, "NaN" as const, "-Infinity" as const].map(shown)).toEqual(["0", "1", "−0.25", "1234.6", "1.2e5", "1.2e−4", "−3.142", "NaN", "−∞"]);
    expect([matrixOf([]), matrixOf([3]), matrixOf([2, 3]), matrixOf([2, 3, 4])]).toEqual([[1, 1], [1, 3], [2, 3], [6, 4]]);
  });
});

it("a tour begins with what is given, and ends with every value and gradient", () => {
  const [begin, end] = [progressAfter(state, 0), progressAfter(state, state.steps.length)];
  expect([...begin.computed].map((id) => state.boxes[id]!.values[0]!.name).sort()).toEqual(["b", "w", "x"]);
  expect(begin.gradients.size).toBe(0);
  expect(end.computed.size).toBe(state.boxes.length);
  for (const box of state.boxes) expect(end.gradients.get(`${box.id} 0`)).toEqual(box.values[0]!.gradient);
});

it("lines begin and end where their arrow does, whatever their bends", () => {
  const points = [[0, 0], [0, 10], [30, 40], [30, 90]] as const;
  expect(curve(points)).toMatch(/^M0,0L.*L30,90$/);
  expect(curve(points).match(/C/g)).toHaveLength(3);
  expect(curve([[1, 2], [3, 4]])).toBe("M1,2L3,4");
  expect(arrowHead(points)).toBe("M30,90L26,82L34,82Z");
  expect(arrowHead(points, "first")).toBe("M0,0L4,8L-4,8Z");
});
