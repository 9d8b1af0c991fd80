/** Hints behind a traceback, through the protocol, with a saved notebook beside the kernel. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";

let folder: string;
let notebook: string;
let frontend: Frontend;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-hints-"));
  notebook = join(folder, "course.ipynb");
  save({ first: "const alpha = 1", second: "const learningRate = alpha * 2\nfunction broken() { return [].at(1).x }", third: "broken()" }, -60);
  frontend = await Frontend.start({ cwd: folder, env: { JPY_SESSION_NAME: notebook } });
});
afterAll(async () => {
  await frontend?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Saves the notebook, as of some seconds from now. */
function save(sources: Record<string, string>, seconds: number): void {
  writeFileSync(notebook, JSON.stringify({ cells: Object.entries(sources).map(([id, source]) => ({ cell_type: "code", id, source })) }));
  const at = Date.now() / 1000 + seconds;
  utimesSync(notebook, at, at);
}

/** The hints at the end of a cell's traceback. */
async function hintsOf(code: string, cellId?: string): Promise<string[]> {
  const cell = await frontend.run(code, { stop_on_error: false }, cellId === undefined ? {} : { cellId });
  const { reply } = await cell.finished;
  return ((reply["traceback"] ?? []) as string[]).filter((line) => line.startsWith("Hint: ")).map((line) => line.slice("Hint: ".length));
}

test("a name of a cell that has not run names that cell", async () => {
  expect(await hintsOf("learningRate")).toEqual(["`learningRate` is declared in a cell that has not run: `const learningRate = alpha * 2`. Run that cell first."]);
});

test("a name like one that is there is proposed, and one like none is not", async () => {
  await frontend.execute("const accuracy = 0.9");
  expect(await hintsOf("acuracy")).toEqual(["Did you mean `accuracy`?"]);
  expect(await hintsOf("somethingElse")).toEqual([]);
  expect(await hintsOf("x")).toEqual([]);
});

test("a name that is declared further down, and one whose cell failed", async () => {
  expect(await hintsOf("console.log(below)\nconst below = 1")).toEqual(["`below` is declared further down in this cell; move the declaration above its first use."]);
  const { reply } = await frontend.execute("throw new Error('early'); const late = 1");
  expect(await hintsOf("late")).toEqual([`Cell [${reply["execution_count"]}], which declares \`late\`, ended before it gave it a value. Mend that cell and run it again.`]);
});

test("a cell that was edited and saved after it ran is pointed out, one that was saved before is not", async () => {
  await hintsOf("const alpha = 1", "first");
  await hintsOf("const learningRate = alpha\nfunction broken() { return [].at(1).x }", "second");
  expect(await hintsOf("broken()", "third")).toEqual([]);
  save({ first: "const alpha = 1", second: "const learningRate = 5\nfunction broken() { return 1 }\nconst added = 2", third: "broken()" }, 60);
  const edited = [expect.stringMatching(/^Cell \[\d+\] has been edited since it ran; what you see here is what ran\. Run it again\.$/)];
  expect(await hintsOf("broken()", "third")).toEqual(edited);
  expect(await hintsOf("added")).toEqual(edited);
});

test("a constant, a class without new and a recursion without end have their hints", async () => {
  expect(await hintsOf("const c = 1; c = 2")).toEqual([expect.stringContaining("declare it with let")]);
  expect(await hintsOf("function f() { const c = 1; eval('c = 2') }\nf()")).toEqual([expect.stringContaining("declare it with let")]);
  expect(await hintsOf("class Net {}\n(Net as any)()")).toEqual(["A class is made into an object with new: new Net(…)."]);
  expect(await hintsOf("function down(): void { down() }\ndown()")).toEqual([expect.stringContaining("calls itself without end")]);
});

test("a thrown value that is no error is shown, with how to see its place", async () => {
  expect(await hintsOf("throw { loss: NaN }")).toEqual([expect.stringContaining("throw new Error(…)")]);
  const { reply } = await frontend.execute("throw 'no error'");
  expect(reply).toMatchObject({ ename: "Uncaught", evalue: "no error" });
  expect(reply["traceback"][0]).toBe("Uncaught 'no error'");
});
