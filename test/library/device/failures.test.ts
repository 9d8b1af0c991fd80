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

  it("NABLA_DEVICE is refused in the same way when the library is loaded", () => {
    expect(said(onCpuAfterwards, { ...fakeCard("count=0"), NABLA_DEVICE: "cuda" })).toMatch(/^DeviceError: NABLA_DEVICE: there is no device "cuda" here: the NVIDIA driver sees no card/);
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

it("more than NABLA_CUDA_MEMORY is an error that says what is held, and the session goes on", () => {
  const program = `
    const kept = nabla.zeros([1024, 1024], { device: "cuda" });
    try { nabla.zeros([4096, 1024], { device: "cuda" }); } catch (error) { console.log(error.name + ": " + error.message); }
    for (let i = 0; i < 40; i++) kept.add(i);
    console.log(kept.add(1).sum().item());
    console.log(nabla.device.info().cuda.limitBytes);`;
  const lines = said(program, { ...fakeCard(), NABLA_CUDA_MEMORY: "16MiB" }).split("\n");
  expect(lines[0]).toBe('OutOfMemoryError: fill: there is no memory on "cuda" for a result of shape [4096, 1024]: 16777216 bytes asked for, 4194304 alive in 1 tensors, limit 16777216');
  expect(lines.slice(1)).toEqual(["1048576", "16777216"]);
});
