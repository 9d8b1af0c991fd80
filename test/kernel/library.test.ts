/**
 * The library in the kernel: where native code runs and where the library has switches of its own, the stop button still
 * ends the cell, keeps the variables and leaves nothing behind.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kernelEnvironment } from "../../setup/kernelspec.mjs";
import { Frontend } from "./frontend.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

describe("the library in a notebook", () => {
  let frontend: Frontend;
  beforeAll(async () => {
    // The slow kernels on one thread: a product that takes many seconds without gigabytes of operands.
    const env = { ...kernelEnvironment(), NABLA_ISA: "portable", NABLA_THREADS: "1" };
    frontend = await Frontend.start({ env });
    const { reply } = await frontend.execute('import { memory, noGrad, rand, tensor } from "nabla"; let kept = tensor([1, 2], { requiresGrad: true });');
    expect(reply["status"]).toBe("ok");
  });
  afterAll(() => frontend.stop());

  test("keeps from the cells what is for the kernel alone", async () => {
    expect(await frontend.evaluate("[process.env.MALLOC_MMAP_THRESHOLD_, process.env.NABLA_KERNEL_MARK]")).toBe("[ undefined, undefined ]");
  });

  test("shows a tensor as text", async () => {
    expect(await frontend.evaluate("kept")).toBe("tensor([1., 2.], requiresGrad: true)");
  });

  test("finds the variables that cells have declared, those of the running cell and none that has no value yet", async () => {
    await frontend.evaluate("const declared = 3; class Shape {} 0");
    const { reply } = await frontend.execute("throw new Error('before'); let unreached = 1;");
    expect(reply["status"]).toBe("error");
    const names = await frontend.evaluate(`const here = 4;
      const found = (globalThis as any)[Symbol.for("Jupyter.host")].variables();
      JSON.stringify([found.declared, found.here, found.Shape === Shape, found.kept === kept, "unreached" in found, "later" in found]);
      let later = 5; JSON.stringify([found.declared, found.here, found.Shape === Shape, found.kept === kept, "unreached" in found, "later" in found])`);
    expect(names).toBe("'[3,4,true,true,false,false]'");
  });

  test("an error of the library's shows the cell's line, and names the library's source without a path of this machine", async () => {
    const { reply } = await frontend.execute('kept.add(tensor([1, 2, 3]))');
    const traceback = (reply["traceback"] as string[]).join("\n").replace(/\u001b\[[\d;]*m/g, "");
    expect(traceback).toMatch(/Cell \[\d+\], line 1/);
    expect(traceback).toMatch(/thrown in nabla\/src\/tensor\/[\w/-]+\.ts$/);
    expect(traceback).not.toContain(checkout);
  });

  test("an interrupt ends a native call of many seconds at once, and its result is given back", async () => {
    await frontend.evaluate('const big = rand([4000, 4000], { dtype: "float64" }); const before = memory().tensors; 0');
    const cell = await frontend.run('console.log("running"); const product = big.matmul(big);');
    await frontend.printed(cell, "running");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const pressed = await frontend.interrupt();
    const { reply } = await cell.finished;
    const latency = performance.now() - pressed;
    console.log(`a native call was interrupted after ${latency.toFixed(0)} ms`);
    expect(reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect(latency).toBeLessThan(500);
    expect(await frontend.evaluate("memory().tensors - before")).toBe("0");
    expect(await frontend.evaluate("big.at(0, 0).add(1).shape.length")).toBe("0");
  });

  test("that call really takes more than five seconds when it is left alone", async () => {
    const code = "const started = performance.now(); big.matmul(big); (performance.now() - started) / 1000";
    const { value } = await frontend.execute(code, {}, 110_000);
    const seconds = Number(value);
    console.log(`left alone it takes ${seconds.toFixed(1)} s`);
    expect(seconds).toBeGreaterThan(5);
  }, 120_000);

  test("an interrupt inside noGrad leaves gradients working", async () => {
    const cell = await frontend.run('noGrad(() => { console.log("running"); while (true) {} });');
    await frontend.printed(cell, "running");
    await frontend.interrupt();
    expect((await cell.finished).reply["ename"]).toBe("KeyboardInterrupt");
    expect(await frontend.evaluate("kept.grad = null; kept.add(kept).sum().backward(); kept.grad.toArray().join()")).toContain("2,2");
  });

  test("a wrong shape is one clear error at the cell's line, and the variables are kept", async () => {
    const { reply, published } = await frontend.execute("const a = tensor([1, 2, 3]);\nconst b = kept.add(a);");
    expect(reply).toMatchObject({ status: "error", ename: "ShapeError" });
    const error = published.find(({ type }) => type === "error")!;
    const text = (error.content["traceback"] as string[]).join("\n");
    expect(text).toContain("add: shapes [2] and [3] do not broadcast");
    expect(text).toMatch(/line 2/);
    expect(published.filter(({ type }) => type === "error")).toHaveLength(1);
    expect(await frontend.evaluate("kept.shape.join()")).toContain("2");
  });

  test("an operator on tensors is an error with the cure", async () => {
    const { reply } = await frontend.execute("kept + kept");
    expect(reply["ename"]).toBe("TensorOperatorError");
    expect(reply["evalue"]).toContain("write a.add(b)");
  });
});
