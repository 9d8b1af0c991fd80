/**
 * Compiled functions whose products a library computes: its work is captured and a part of the step's graph, and the bits are those
 * of the lines run one by one. By the driver and the cuBLASLt without a card (native/test/cuda).
 */
import { describe, expect, it } from "vitest";
import { fakeCard, said } from "../device/fake-card.ts";

/** What a training of a small network prints: run line by line, and compiled; `before` is what happens between the two. */
interface Trained {
  readonly eager: number[];
  readonly compiled: number[];
  readonly card: { readonly graphs: number; readonly otherKernels: number; readonly kernels: readonly string[]; readonly refusal: string };
  readonly library: { readonly name: string; readonly state: string; readonly details: string };
  readonly failure: string;
}

function trained(env: Record<string, string>, before = ""): Trained {
  const program = `
    const { compile, device, manualSeed, nn, optim, randn } = nabla;
    function train(prepare) {
      manualSeed(3);
      const net = new nn.Sequential(new nn.Linear(40, 64), new nn.Tanh(), new nn.Linear(64, 48));
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
      const step = prepare((x, y) => {
        optimizer.zeroGrad();
        const loss = nn.functional.mseLoss(net.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss;
      });
      const losses = [];
      for (let i = 0; i < 6; i++) losses.push(step(randn([50, 40]), randn([50, 48])));
      return [...losses.map((loss) => loss.item()), ...[...net.parameters()].flatMap((each) => [...each.detach().data()])];
    }
    const eager = train((step) => step);
    ${before}
    let step;
    const compiled = train((each) => (step = compile(each)));
    const { libraries, failure } = device.info().cuda;
    console.log(JSON.stringify({ eager, compiled, card: step.programs[0].card, library: libraries[0], failure }));`;
  return JSON.parse(said(program, { ...env, NABLA_DEVICE: "cuda" })) as Trained;
}

const byLibrary = (card: Trained["card"]): number => card.kernels.filter((name) => name === "product by cuBLASLt").length;
const near = (a: number[], b: number[]): boolean => a.length === b.length && a.every((each, i) => Math.abs(each - b[i]!) < 1e-5);

describe("products in a compiled step", () => {
  const withLibrary = trained(fakeCard("seed=5,strict=1", true));
  const without = trained(fakeCard("seed=5"));

  it("are the library's where it is found, in the step's one graph, with the bits of the lines run one by one", () => {
    const { eager, compiled, card, library, failure } = withLibrary;
    expect(compiled).toEqual(eager);
    expect(card).toMatchObject({ graphs: 1, otherKernels: 0, refusal: "" });
    // Two forward; for the second layer two back, for the first one that of its weight.
    expect(byLibrary(card)).toBe(5);
    expect(library).toEqual({ name: "cuBLASLt", state: "in use", details: "libcublasLt.so.13 13.2.0" });
    expect(failure).toBe("");
  });

  it("are our kernels' where there is none", () => {
    const { eager, compiled, card, library } = without;
    expect(compiled).toEqual(eager);
    expect(byLibrary(card)).toBe(0);
    expect(library.state).toBe("missing");
    expect(library.details).toBe("libcublasLt.so.13: NABLA_CUDA_LIBRARIES is none; libcublasLt.so.12: NABLA_CUDA_LIBRARIES is none");
    // The fake one sums in another order than our kernels: so it has been used above.
    expect(eager).not.toEqual(withLibrary.eager);
    expect(near(eager, withLibrary.eager)).toBe(true);
  });

  it("are our kernels', in the same graph, once the library has failed", () => {
    // The seventh call is in the middle of the first capture: five are made where the step is traced.
    const { eager, compiled, card, library, failure } = trained(fakeCard("seed=5", true), `process.env.NABLA_FAKE_CUDA = "fail=cublasLtMatmul:7";`);
    expect(eager).toEqual(withLibrary.eager);
    expect(near(compiled, eager)).toBe(true);
    expect(card).toMatchObject({ graphs: 1, otherKernels: 0, refusal: "" });
    expect(library).toMatchObject({ state: "failed", details: "cublasLtMatmul: CUBLAS_STATUS_EXECUTION_FAILED" });
    expect(failure).toBe("");
  });

  it("are started one by one where the driver does not change a graph inside of a graph", () => {
    const { eager, compiled, card } = trained(fakeCard("seed=5", true), `process.env.NABLA_FAKE_CUDA = "fail=cuGraphExecChildGraphNodeSetParams:1";`);
    expect(compiled).toEqual(eager);
    expect(card.graphs).toBe(0);
    expect(card.refusal).toMatch(/^the driver does not change a graph in a graph: /);
  });
});

it("a library that does not start is missing, and says why", () => {
  const { eager, library } = trained(fakeCard("seed=5,fail=cublasLtCreate:1", true));
  expect(library.state).toBe("missing");
  expect(library.details).toMatch(/^libcublasLt.so.13: it does not start: CUBLAS_STATUS_NOT_INITIALIZED; libcublasLt.so.12: it does not load: /);
  expect(eager).toEqual(trained(fakeCard("seed=5")).eager);
});

it("what was captured for a place serves again when a batch lies there again", () => {
  const program = `
    const { compile, randn } = nabla;
    const weight = randn([40, 40]), batches = [randn([40, 40]), randn([40, 40]), randn([40, 40])];
    const of = (x) => x.matmul(weight).tanh();
    const compiled = compile(of), expected = batches.map((x) => [...of(x).data()]);
    const right = () => batches.every((x, i) => String([...compiled(x).data()]) === String(expected[i]));
    const warm = right() && right();
    // From here on nothing more is captured for them; what lies elsewhere would be.
    process.env.NABLA_FAKE_CUDA = "fail=cuStreamBeginCapture_v2:1";
    const again = right() && right(), refused = compiled.programs[0].card.refusal;
    compiled(randn([40, 40]));
    console.log(JSON.stringify([warm, again, refused, compiled.programs[0].card.refusal.split(":")[0]]));`;
  expect(said(program, { ...fakeCard("seed=5", true), NABLA_DEVICE: "cuda" })).toBe(JSON.stringify([true, true, "", "the driver does not capture a stream"]));
});
