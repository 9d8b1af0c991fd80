/**
 * Compiled functions whose convolutions cuDNN computes: its work is captured and a part of the step's graph, and the bits are those of the
 * lines run one by one. By the driver and the cuDNN without a card (native/test/cuda).
 */
import { describe, expect, it } from "vitest";
import { fakeCard, said } from "../device/fake-card.ts";

/** What a training of a small network prints: run line by line, and compiled; `before` is what happens between the two. */
interface Trained {
  readonly eager: number[];
  readonly compiled: number[];
  readonly card: { readonly graphs: number; readonly otherKernels: number; readonly kernels: readonly string[]; readonly refusal: string };
  readonly libraries: readonly { readonly name: string; readonly state: string; readonly details: string }[];
  readonly failure: string;
}

function trained(env: Record<string, string>, before = ""): Trained {
  const program = `
    const { compile, device, manualSeed, nn, optim, randn } = nabla;
    function train(prepare) {
      manualSeed(3);
      const net = new nn.Sequential(
        new nn.Conv2d(3, 8, 3, { padding: 1 }), new nn.Tanh(), new nn.Conv2d(8, 16, 3, { stride: 2, padding: 1, groups: 2 }), new nn.Tanh(),
        new nn.ConvTranspose2d(16, 4, 3, { stride: 2, padding: 1, outputPadding: 1 }),
      );
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
      const step = prepare((x, y) => {
        optimizer.zeroGrad();
        const loss = nn.functional.mseLoss(net.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss;
      });
      const losses = [];
      for (let i = 0; i < 4; i++) losses.push(step(randn([4, 3, 12, 12]), randn([4, 4, 12, 12])));
      return [...losses.map((loss) => loss.item()), ...[...net.parameters()].flatMap((each) => [...each.detach().data()])];
    }
    const eager = train((step) => step);
    ${before}
    let step;
    const compiled = train((each) => (step = compile(each)));
    const { libraries, failure } = device.info().cuda;
    console.log(JSON.stringify({ eager, compiled, card: step.programs[0].card, libraries, failure }));`;
  return JSON.parse(said(program, { ...env, NABLA_DEVICE: "cuda" })) as Trained;
}

const byLibrary = (card: Trained["card"]): number => card.kernels.filter((name) => name === "convolution by cuDNN").length;
const cudnn = ({ libraries }: Trained): Trained["libraries"][number] | undefined => libraries.find((each) => each.name === "cuDNN");
const near = (a: number[], b: number[]): boolean => a.length === b.length && a.every((each, i) => Math.abs(each - b[i]!) < 1e-5);

describe("convolutions in a compiled step", () => {
  const settings = fakeCard("seed=5,strict=1", true);
  const folders = { ...settings, NABLA_CUDA_LIBRARIES: `/nowhere:${settings["NABLA_CUDA_LIBRARIES"]!}` };
  const withLibrary = trained(folders);
  const without = trained(fakeCard("seed=5"));

  it("are the library's where one of the folders has it, in the step's one graph, with the bits of the lines run one by one", () => {
    const { eager, compiled, card, failure } = withLibrary;
    expect(compiled).toEqual(eager);
    expect(card).toMatchObject({ graphs: 1, otherKernels: 0, refusal: "" });
    // Three forward; back, three for weights and two for images: the first layer's is not wanted.
    expect(byLibrary(card)).toBe(8);
    expect(cudnn(withLibrary)).toEqual({ name: "cuDNN", state: "in use", details: "libcudnn.so.9 9.28.0" });
    expect(failure).toBe("");
  });

  it("are our kernels' where there is none", () => {
    const { eager, compiled, card } = without;
    expect(compiled).toEqual(eager);
    expect(byLibrary(card)).toBe(0);
    expect(cudnn(without)).toEqual({ name: "cuDNN", state: "missing", details: "libcudnn.so.9: NABLA_CUDA_LIBRARIES is none" });
    // The fake one sums in another order than our kernels: so it has been used above.
    expect(eager).not.toEqual(withLibrary.eager);
    expect(near(eager, withLibrary.eager)).toBe(true);
  });

  it("are our kernels', in the same graph, once the library has failed", () => {
    // Three are made where the step is traced, so this one is in the middle of the first capture.
    const failed = trained(settings, `process.env.NABLA_FAKE_CUDA = "fail=cudnnConvolutionForward:5";`);
    expect(failed.eager).toEqual(withLibrary.eager);
    expect(near(failed.compiled, failed.eager)).toBe(true);
    expect(failed.card).toMatchObject({ graphs: 1, otherKernels: 0, refusal: "" });
    expect(cudnn(failed)).toMatchObject({ state: "failed", details: "cudnnConvolutionForward: CUDNN_STATUS_EXECUTION_FAILED" });
    expect(failed.failure).toBe("");
  });
});

it("a library that does not start is missing, and says why", () => {
  const refused = trained(fakeCard("seed=5,fail=cudnnCreate:1", true));
  expect(cudnn(refused)).toEqual({ name: "cuDNN", state: "missing", details: "libcudnn.so.9: it does not start: CUDNN_STATUS_NOT_INITIALIZED" });
  expect(refused.compiled).toEqual(refused.eager);
  expect(byLibrary(refused.card)).toBe(0);
});

it("each of several folders that does not have it is said", () => {
  const missing = trained({ ...fakeCard("seed=5"), NABLA_CUDA_LIBRARIES: "/nowhere:/neither" });
  expect(cudnn(missing)?.state).toBe("missing");
  expect(cudnn(missing)?.details).toMatch(/^libcudnn.so.9: it does not load: \/nowhere\/libcudnn.so.9: .*, \/neither\/libcudnn.so.9: /);
});
