/**
 * Whatever is wrong with a card is one clear sentence, and the CPU goes on.
 */
import { describe, expect, it } from "vitest";
import { fakeCard, said } from "./fake-card.ts";

const onCpuAfterwards = `console.log(nabla.tensor([1, 2, 3]).sum().item());`;
const tried = `try { nabla.setDefaultDevice("cuda"); } catch (error) { console.log(error.name + ": " + error.message); } ${onCpuAfterwards}`;

describe("where there is no card that can be used, setDefaultDevice says why and the CPU goes on", () => {
  const cases: readonly [string, Record<string, string>, string][] = [
    ["no driver", { NABLA_CUDA_LIBRARY: "/nowhere/libcuda.so.1" }, "the library that NABLA_CUDA_LIBRARY names does not load"],
    ["a library that is no driver", { NABLA_CUDA_LIBRARY: "libc.so.6" }, "the NVIDIA driver is too old: it has no cu"],
    ["no card", fakeCard("count=0"), "the NVIDIA driver sees no card"],
    ["an old driver", fakeCard("version=11080"), "the NVIDIA driver is too old: it knows CUDA 11.8"],
    ["an old card", fakeCard("compute=61"), "the card Fake card is too old: its compute capability is 6.1"],
    ["a card that does not open", fakeCard("fail=cuDevicePrimaryCtxRetain:1"), "the NVIDIA driver does not open its card: CUDA_ERROR_DEVICE_UNAVAILABLE"],
    ["kernels that are none", { ...fakeCard(), NABLA_CUDA_KERNELS: "/etc/hostname" }, "CUDA_ERROR_INVALID_IMAGE"],
    ["a memory setting that is none", { ...fakeCard(), NABLA_CUDA_MEMORY: "lots" }, 'NABLA_CUDA_MEMORY is "lots"; write a size such as 4GiB'],
  ];
  it.each(cases)("%s", (_, env, sentence) => {
    const [first, last, ...rest] = said(tried, env).split("\n");
    expect(first).toContain('DeviceError: setDefaultDevice: there is no device "cuda" here: ');
    expect(first).toContain(sentence);
    expect([last, ...rest]).toEqual(["6"]);
  });

  it("NABLA_DEVICE=cuda is a warning when the library is loaded, and a device that nobody knows an error", () => {
    const text = said(onCpuAfterwards, { ...fakeCard("count=0"), NABLA_DEVICE: "cuda" });
    expect(text).toMatch(/^6\n/);
    expect(text).toMatch(/DeviceWarning: NABLA_DEVICE: there is no device "cuda" here: the NVIDIA driver sees no card.*; everything computes on "cpu"/);
    expect(said(onCpuAfterwards, { NABLA_DEVICE: "tpu" })).toBe('DeviceError: NABLA_DEVICE: there is no device "tpu"; known are "cpu" and "cuda"');
  });

  it("device.info says why too", () => {
    expect(said(`console.log(JSON.stringify(nabla.device.info()))`, fakeCard("count=0"))).toMatch(/^{"default":"cpu","whyNoCuda":"the NVIDIA driver sees no card/);
  });
});

it("a card that is taken away is an error at the line, and the CPU goes on", () => {
  const program = `
    const x = nabla.rand([8], { device: "cuda" });
    const failed = (f) => { try { f(); console.log("nothing"); } catch (error) { console.log(error.name + ": " + error.message); } };
    failed(() => { for (let i = 0; i < 50; i++) x.add(i); });
    failed(() => x.sum());
    failed(() => x.item());
    failed(() => x.at(0).item());
    failed(() => nabla.zeros([2], { device: "cuda" }));
    ${onCpuAfterwards}`;
  const lines = said(program, fakeCard("fail=cuLaunchKernel:10")).split("\n");
  expect(lines[0]).toMatch(/^DeviceError: add: the card Fake card failed \(\w+\): CUDA_ERROR_LAUNCH_FAILED.*What was on "cuda" is lost; "cpu" goes on/);
  expect(lines[1]).toMatch(/^DeviceError: sum: /);
  expect(lines[2]).toMatch(/^ShapeError: item/);
  expect(lines[3]).toMatch(/the card Fake card failed/);
  expect(lines[4]).toMatch(/^DeviceError: fill: /);
  expect(lines.slice(5)).toEqual(["6"]);
});

describe("memory", () => {
  it("beyond NABLA_CUDA_MEMORY is an error that says what holds it, and the session goes on", () => {
    const program = `
      const kept = nabla.zeros([1024, 1024], { device: "cuda" });
      nabla.trackMemory(true);
      const product = nabla.ones([600, 500], { device: "cuda" }).matmul(nabla.ones([500, 600], { device: "cuda" }));
      const little = nabla.ones([3], { device: "cuda" });
      try { nabla.zeros([4096, 1024], { device: "cuda" }); } catch (error) { console.log(error.name + ": " + error.message); }
      for (let i = 0; i < 40; i++) kept.add(i);
      console.log(kept.add(1).sum().item());
      console.log(nabla.device.info().cuda.limitBytes);`;
    const lines = said(program, { ...fakeCard(), NABLA_CUDA_MEMORY: "16MiB" }).split("\n");
    expect(lines[0]).toMatch(/^OutOfMemoryError: fill: there is no memory on "cuda" for a result of shape \[4096, 1024\]: 16777216 bytes asked for, \d+ alive in 3 tensors, limit 16777216$/);
    expect(lines[1]).toBe("Held by:");
    expect(lines[2]).toBe("  4.0 MiB: float32 [1024, 1024] of fill");
    expect(lines[3]).toMatch(/^ {2}1\.4 MiB: float32 \[600, 600\] of matmul: at .*\d+:\d+$/);
    expect(lines[4]).toMatch(/^ {2}12 bytes: a tensor: at .*\d+:\d+$/);
    expect(lines.slice(5)).toEqual(["1048576", "16777216"]);
  });

  it("that other processes hold is told of", () => {
    const program = `
      try { nabla.zeros([64, 1024, 1024], { device: "cuda" }); } catch (error) { console.log(error.name + ": " + error.message); }
      console.log(nabla.zeros([1024], { device: "cuda" }).sum().item());`;
    const lines = said(program, { ...fakeCard("memory=67108864,others=4242:1610612736:python+77:-:"), NABLA_CUDA_MEMORY: "1GiB" }).split("\n");
    expect(lines[0]).toMatch(/^OutOfMemoryError: fill: there is no memory on "cuda" for a result of shape \[64, 1024, 1024\]/);
    expect(lines[1]).toBe("The card has 64.0 MiB free; python (process 4242) holds 1.5 GiB, process 77 holds an unknown part.");
    expect(lines[2]).toBe("0");
  });

  it("that a compiled function wants and does not get is the same error", () => {
    const program = `
      const x = nabla.zeros([1024, 256], { device: "cuda" });
      const step = nabla.compile((x) => nabla.cat([x, x, x, x]).add(1));
      const results = [];
      try { for (let i = 0; i < 10; i++) results.push(step(x)); } catch (error) { console.log(error.name + ": " + error.message); }
      results.pop();
      console.log(x.add(1).sum().item());`;
    const lines = said(program, { ...fakeCard(), NABLA_CUDA_MEMORY: "32MiB" }).split("\n");
    expect(lines[0]).toMatch(/^OutOfMemoryError: compiled function: there is no memory on "cuda" for what it makes: \d+ bytes asked for/);
    expect(lines).toContain("  4.0 MiB: float32 [4096, 256] of a compiled function");
    expect(lines.at(-1)).toBe("262144");
  });
});

describe("device.info", () => {
  const shown = (program: string, env: Record<string, string>): string => said(`${program}; console.log(nabla.device.info());`, env);

  it("shows the card, and who has its memory", () => {
    const text = shown(`const x = nabla.zeros([1024, 1024], { device: "cuda" }), y = nabla.ones([2], { device: "cuda" })`, {
      ...fakeCard("memory=134217728,others=4242:1048576:python+77:-:"),
      NABLA_CUDA_MEMORY: "64MiB",
      NABLA_CUDA_LIBRARIES: "none",
    });
    expect(text.split("\n").map((line) => line.trimEnd())).toEqual([
      'New tensors are made on "cpu".',
      '"cuda" is the card Fake card (compute capability 9.0, 4 multiprocessors, a driver for CUDA 13.0).',
      expect.stringMatching(/^cuBLASLt: /),
      expect.stringMatching(/^cuDNN: /),
      "  this process                                      6.0 MiB of at most 64.0 MiB",
      "  · float32 [1024, 1024] of fill                    4.0 MiB",
      "  · a tensor                                        8 bytes",
      expect.stringMatching(/^ {2}· compiled functions, and room for small tensors {2}2\.0 MiB$/),
      "  python (process 4242)                             1.0 MiB",
      "  process (process 77)                              not told",
      "  free                                              122.0 MiB of 128.0 MiB",
    ]);
  });

  it("shows it where NVIDIA's management library does not start, and why there is none", () => {
    const text = shown(`const x = nabla.zeros([4], { device: "cuda" })`, fakeCard("management=0,others=4242:1048576:python"));
    expect(text).toContain("  free ");
    expect(text).not.toContain("python");
    expect(shown("", fakeCard("count=0"))).toMatch(/^New tensors are made on "cpu"\.\nThere is no device "cuda": the NVIDIA driver sees no card.*everything computes on "cpu"\.$/);
  });

  it("is a table in a notebook, whose cells keep their words", () => {
    const program = `const x = nabla.zeros([1024, 1024], { device: "cuda" });
      console.log(nabla.device.info()[Symbol.for("Jupyter.display")]()["text/markdown"]);`;
    const lines = said(program, fakeCard("others=4242:1048576:a|b")).split("\n");
    expect(lines).toContain("| · float32 \\[1024, 1024\\] of fill | 4.0 MiB |");
    expect(lines).toContain("| a\\|b (process 4242) | 1.0 MiB |");
  });
});
