/** The progress of a download in a notebook, in a terminal and elsewhere. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { progressBar, startProgress } from "../../../src/data/progress.ts";

const HOST = Symbol.for("Jupyter.host");
const DISPLAY = Symbol.for("Jupyter.display");
const scope = globalThis as unknown as Record<symbol | string, unknown>;

afterEach(() => {
  delete scope[HOST];
  delete scope.display;
  vi.restoreAllMocks();
});

describe("the progress of a download", () => {
  it("is a bar that fills from left to right", () => {
    expect(progressBar(0, 10e6)).toBe("░".repeat(24) + " 0.0 of 10.0 MB");
    expect(progressBar(5e6, 10e6)).toBe("█".repeat(12) + "░".repeat(12) + " 5.0 of 10.0 MB");
    expect(progressBar(10e6, 10e6)).toBe("█".repeat(24) + " 10.0 of 10.0 MB");
    expect(progressBar(3e6, undefined)).toBe("3.0 MB");
  });

  it("is one display in a notebook, updated in place, through display's contract alone", () => {
    const shown: string[] = [];
    const textOf = (value: unknown): string => {
      const bundle = (value as Record<symbol, () => Record<string, string>>)[DISPLAY]!();
      expect(Object.keys(bundle)).toEqual(["text/plain"]);
      return bundle["text/plain"]!;
    };
    const display = vi.fn((value: unknown) => {
      shown.push(textOf(value));
      return { update: (next: unknown) => shown.push(textOf(next)) };
    });
    scope[HOST] = {};
    scope.display = display;
    const progress = startProgress("MNIST");
    progress.end("nothing to say");
    expect(shown).toEqual([]);
    progress.update("labels", 10e6, 10e6);
    progress.update("images", 10e6, 10e6);
    progress.end("all there");
    expect(display).toHaveBeenCalledOnce();
    expect(shown.map((text) => text.slice(0, 13))).toEqual(["MNIST: labels", "MNIST: images", "all there"]);
  });

  it("is a few messages a second, however many pieces arrive", () => {
    const display = vi.fn(() => ({ update: vi.fn() }));
    scope[HOST] = {};
    scope.display = display;
    const progress = startProgress("MNIST");
    for (let received = 0; received < 5000; received++) progress.update("images", received, 1e6);
    const [first] = display.mock.results;
    expect((first!.value as { update: ReturnType<typeof vi.fn> }).update.mock.calls.length).toBeLessThan(20);
  });

  it("writes nothing where stderr is not a terminal", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const kept = process.stderr.isTTY;
    process.stderr.isTTY = false;
    const progress = startProgress("MNIST");
    progress.update("images", 1, 2);
    progress.end("all there");
    process.stderr.isTTY = kept;
    expect(write).not.toHaveBeenCalled();
  });

  it("is one line that is written over in a terminal", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const kept = process.stderr.isTTY;
    process.stderr.isTTY = true;
    const progress = startProgress("MNIST");
    progress.update("images", 2e6, 2e6);
    progress.end("all there");
    process.stderr.isTTY = kept;
    const written = write.mock.calls.map(([text]) => String(text)).join("");
    expect(written.match(/\n/g)).toHaveLength(1);
    expect(written).toContain("\r\u001b[Kall there\n");
  });
});
