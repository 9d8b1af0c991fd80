/** Ten thousand cells in a session that has run as many before: neither memory nor open files grow. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

const CELLS = 20_000;
const ROUND = 1000;

/** A little of everything that cells do, with names that come again and names that do not. */
const kinds: ((index: number) => string)[] = [
  (index) => `${index} + 1`,
  (index) => `const again = ${index}; function f() { return again; } f()`,
  (index) => `console.log("line ${index}"); await null; again`,
  (index) => `display({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "${index}" }) }); [1, 2, 3].map((x) => x * ${index})`,
  (index) => `throw new Error("wanted ${index}")`,
  () => "const comm = globalThis[Symbol.for('Jupyter.host')].comm('soak'); comm.send({}); comm.close();",
  () => "setTimeout(() => console.log('late'), 1); import { sep } from 'node:path'; sep",
];

interface Footprint {
  readonly files: number;
  readonly mebibytes: number;
}

function footprint(pid: number): Footprint {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return { files: readdirSync(`/proc/${pid}/fd`).length, mebibytes: Number(/^Pss:\s+(\d+)/m.exec(rollup)![1]) / 1024 };
}

test("ten thousand cells leave memory and open files as they were", { timeout: 600_000 }, async () => {
  const frontend = await Frontend.start();
  try {
    const child = Number(await frontend.evaluate("process.pid"));
    const seen: { child: Footprint; parent: Footprint }[] = [];
    for (let index = 0; index < CELLS; index++) {
      const { reply } = await frontend.execute(kinds[index % kinds.length]!(index));
      expect(reply["status"]).toBe(index % kinds.length === 4 ? "error" : "ok");
      // A front end of a test keeps every message; this one need not.
      if (index % 100 === 99) frontend.received.length = 0;
      if (index % ROUND === ROUND - 1) {
        await frontend.evaluate("gc(); 0");
        // The language service has the latest cells to look at still, and collects its garbage when it has been quiet.
        if ((index + 1) % (CELLS / 2) === 0) await new Promise((resolve) => setTimeout(resolve, 8000));
        seen.push({ child: footprint(child), parent: footprint(frontend.kernel.pid!) });
      }
    }
    console.log(seen.map(({ child: c, parent: p }) => `child ${c.mebibytes.toFixed(0)} MiB ${c.files} files, parent ${p.mebibytes.toFixed(0)} MiB ${p.files} files`).join("\n"));
    const middle = seen[seen.length / 2 - 1]!, last = seen.at(-1)!;
    expect(last.child.files).toBeLessThanOrEqual(seen[0]!.child.files + 2);
    expect(last.parent.files).toBeLessThanOrEqual(seen[0]!.parent.files + 2);
    // From the half on, by when every cache is full and V8's young generation has its full size.
    expect(last.child.mebibytes - middle.child.mebibytes).toBeLessThan(15);
    expect(last.parent.mebibytes - middle.parent.mebibytes).toBeLessThan(60);
  } finally {
    await frontend.stop();
  }
});
