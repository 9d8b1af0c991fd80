/**
 * A card as somebody at a notebook sees it, by the driver without a card: what is wrong with it is a sentence, and the cells after it run.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kernelEnvironment } from "../../setup/kernelspec.mjs";
import { fakeCard } from "../library/device/fake-card.ts";
import { Frontend } from "./frontend.ts";
import type { CellResult } from "./frontend.ts";

const plain = (text: string): string => text.replace(/\u001b\[[\d;]*m/g, "");

/** An error as it stands under the cell. */
function traceback({ reply }: CellResult): string {
  expect(reply["status"]).toBe("error");
  return plain((reply["traceback"] as string[]).join("\n"));
}

/** A kernel that finds a card with these settings, and runs cells in turn. */
async function cells(env: Record<string, string>, ...codes: string[]): Promise<CellResult[]> {
  const frontend = await Frontend.start({ env: { ...kernelEnvironment(), ...env } });
  try {
    const results: CellResult[] = [];
    for (const code of codes) results.push(await frontend.execute(code));
    return results;
  } finally {
    await frontend.stop();
  }
}

describe("in a cell", () => {
  test("NABLA_DEVICE=cuda without a card is a sentence when the library is imported, and everything computes on the CPU", async () => {
    const [imported, sum, told, asked] = await cells(
      { ...fakeCard("version=11080"), NABLA_DEVICE: "cuda" },
      'import { device, setDefaultDevice, tensor } from "nabla"',
      "tensor([1, 2, 3]).sum().item()",
      "device.info()",
      'setDefaultDevice("cuda")',
    );
    expect(imported!.reply["status"]).toBe("ok");
    expect(imported!.stderr).toContain('there is no device "cuda" here: the NVIDIA driver is too old: it knows CUDA 11.8');
    expect(imported!.stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
    expect(sum!.value).toBe("6");
    expect(told!.value).toContain('There is no device "cuda": the NVIDIA driver is too old');
    expect(traceback(asked!)).toContain('DeviceError: setDefaultDevice: there is no device "cuda" here: the NVIDIA driver is too old');
  });

  test("a card that is taken away in the middle is an error at the line, and the CPU goes on", async () => {
    const [, lost, again, sum, told] = await cells(
      { ...fakeCard("fail=cuLaunchKernel:10"), NABLA_DEVICE: "cuda" },
      'import { device, rand, setDefaultDevice, tensor } from "nabla"; const x = rand([8]);',
      "for (let i = 0; i < 50; i++) x.add(i);",
      "x.sum()",
      'setDefaultDevice("cpu"); tensor([1, 2, 3]).sum().item()',
      "device.info()",
    );
    expect(traceback(lost!)).toMatch(/DeviceError: add: the card Fake card failed.*What was on "cuda" is lost; "cpu" goes on/);
    expect(traceback(lost!)).toMatch(/Cell \[2\], line 1/);
    expect(traceback(again!)).toContain("DeviceError: sum: the card Fake card failed");
    expect(sum!.value).toBe("6");
    expect(told!.value).toContain("It has failed: the card Fake card failed");
  });
});

describe("memory of a card", () => {
  let frontend: Frontend;
  beforeAll(async () => {
    frontend = await Frontend.start({ env: { ...kernelEnvironment(), ...fakeCard("others=4242:1048576:python"), NABLA_DEVICE: "cuda", NABLA_CUDA_MEMORY: "24MiB" } });
    const { reply } = await frontend.execute('import { device, nn, zeros } from "nabla"; const net = new nn.Sequential(new nn.Linear(512, 1024)); const pictures = [zeros([600, 1000])];');
    expect(reply["status"]).toBe("ok");
  });
  afterAll(() => frontend.stop());

  test("that is full is an error that names variables and parameters", async () => {
    const text = traceback(await frontend.execute("zeros([8192, 1024])"));
    expect(text).toMatch(/OutOfMemoryError: fill: there is no memory on "cuda" for a result of shape \[8192, 1024\]/);
    expect(text).toContain("2.3 MiB: float32 [600, 1000] of fill: pictures[0]");
    expect(text).toMatch(/2\.0 MiB: float32 \[1024, 512\].*: net\.0\.weight/);
    expect(await frontend.evaluate("zeros([10]).add(1).sum().item()")).toBe("10");
  });

  test("is shown as a table", async () => {
    const { published, value } = await frontend.execute("device.info()");
    expect(value).toMatch(/^New tensors are made on "cuda"\.\n"cuda" is the card Fake card/);
    const { data } = published.find(({ type }) => type === "execute_result")!.content as { data: Record<string, string> };
    expect(data["text/markdown"]).toMatch(/\| · float32 \\\[600, 1000\\\] of fill: pictures\\\[0\\\] \| 2\.3 MiB \|/);
    expect(data["text/markdown"]).toMatch(/\| python \(process 4242\) \| 1\.0 MiB \|/);
  });
});
