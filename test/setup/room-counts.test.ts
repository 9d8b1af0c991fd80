/** How `npm test` counts: vitest's own report of real test files, good and bad. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { paths } from "../../setup/paths.mjs";
import { testRooms } from "../../setup/rooms.mjs";
import { afterSecondTry, countReport, filesToRepeat } from "../../setup/run-room.mjs";
import { filesUnder } from "../../setup/stamp.mjs";

let folder: string;
beforeEach(() => {
  // Inside the checkout, where vitest is found, and out of the sight of tests that read the tree.
  mkdirSync(paths.state, { recursive: true });
  folder = mkdtempSync(path.join(paths.state, "counted-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function reportOf(body: string): unknown {
  writeFileSync(path.join(folder, "one.test.ts"), `import { it, expect } from "vitest";\n${body}\n`);
  const report = path.join(folder, "report.json");
  spawnSync(process.execPath, [path.join(paths.nodeModules, "vitest", "vitest.mjs"), "run", "--root", folder, "--config", "/dev/null",
    "--reporter=json", `--outputFile.json=${report}`], { cwd: folder });
  return JSON.parse(readFileSync(report, "utf8"));
}

it("counts what passes and what fails", () => {
  const report = reportOf('it("a", () => {}); it("b", () => {}); it("c", () => expect(1).toBe(2));');
  expect(countReport(report)).toMatchObject({ passed: 2, failed: 1 });
});

it("counts a skipped test and a test yet to be written as failures", () => {
  expect(countReport(reportOf('it("a", () => {}); it.skip("b", () => {}); it.todo("c");'))).toMatchObject({ passed: 1, failed: 2 });
});

it("counts a file that cannot be loaded as a failure", () => {
  expect(countReport(reportOf('import "./absent.ts"; it("a", () => {});'))).toMatchObject({ passed: 0, failed: 1 });
});

it("runs a failing file once more, counts what it does then, and names what passed only at the second try", () => {
  const [first, second] = [reportOf('it("a", () => {}); it("b", () => expect(1).toBe(2)); it("c", () => expect(1).toBe(2));'),
    reportOf('it("a", () => {}); it("b", () => {}); it("c", () => expect(1).toBe(2));')] as Parameters<typeof afterSecondTry>;
  expect(filesToRepeat(first)).toEqual([path.join(folder, "one.test.ts")]);
  const merged = afterSecondTry(first, second);
  expect(countReport(merged)).toMatchObject({ passed: 2, failed: 1 });
  expect(merged.wavering).toEqual([expect.stringMatching(/one\.test\.ts: b$/)]);
});

it("runs nothing again where many files fail", () => {
  const file = (name: string) => ({ name, status: "failed", assertionResults: [] });
  expect(filesToRepeat({ testResults: [file("a"), file("b"), file("c")] })).toEqual([]);
});

it("finds every test file of the house in exactly one room", () => {
  const files = filesUnder(path.join(paths.root, "test"))
    .map((file: string) => path.relative(paths.root, file).split(path.sep).join("/"))
    .filter((file: string) => file.endsWith(".test.ts"));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const rooms = testRooms().filter((room) => room.places.some((place: string) => file.startsWith(place)));
    expect({ file, rooms: rooms.length }).toEqual({ file, rooms: 1 });
  }
});
