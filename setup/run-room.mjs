/** Running one room's tests and counting them: ctest for the native core, the type checker, vitest for the rest. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { findCTest } from "./native.mjs";
import { paths } from "./paths.mjs";
import { compilerFile } from "./typescript.mjs";

/** Runs a program with its output shown as it comes; after `limit` minutes it is ended. */
function runShown(program, args, { env, limit }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: paths.root, env, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      process.stdout.write(text);
    });
    const timer = setTimeout(() => {
      console.log(`Ended after ${limit} minutes.`);
      child.kill("SIGKILL");
    }, limit * 60_000);
    const done = (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    };
    child.on("error", () => done(null));
    child.on("close", done);
  });
}

async function runCTest(options) {
  const ctest = findCTest();
  if (ctest === undefined) return { passed: 0, failed: 1, complaint: "ctest was not found" };
  const labels = options.long ? [] : ["-LE", "long"];
  const { status, output } = await runShown(ctest, ["--test-dir", paths.nativeBuild, "--output-on-failure", "-j", "2", ...labels], options);
  const [, failed, total] = /(\d+) tests? failed out of (\d+)/.exec(output) ?? [];
  if (total === undefined) return { passed: 0, failed: 1, complaint: "ctest found no test" };
  const counts = { passed: Number(total) - Number(failed), failed: Number(failed) };
  if (status !== 0 && counts.failed === 0) return { ...counts, failed: 1, complaint: `ctest ended with status ${status}` };
  return counts;
}

async function runTypecheck(options) {
  // The page's side is checked against the browser's types, which the rest must not see.
  const statuses = [];
  for (const room of ["test", "lab"]) statuses.push((await runShown(process.execPath, [compilerFile, "-p", path.join(paths.root, room, "tsconfig.json")], options)).status);
  return statuses.every((status) => status === 0) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, complaint: "the type checker found errors" };
}

/**
 * Reads vitest's JSON report. A file that could not be loaded is one failure; a skipped or unfinished test is a failure
 * too, because a test that does not run proves nothing.
 */
export function countReport(report) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    if (file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")) counts.failed += 1;
    for (const test of file.assertionResults) {
      if (test.status === "passed") counts.passed += 1;
      else if (test.status === "failed") counts.failed += 1;
      else counts.skipped += 1;
    }
  }
  const complaint = counts.skipped > 0 ? `${counts.skipped} skipped tests count as failures` : undefined;
  return { passed: counts.passed, failed: counts.failed + counts.skipped, complaint };
}

/** More failing files than these are no chance: they are not run again. */
const fewFiles = 2;

const shortName = (file) => path.relative(paths.root, file.name).split(path.sep).join("/");

/** The failed tests of a report by name; a file in which none ran to a failure (it did not load, its set-up failed) by its own. */
function failedNames({ testResults }) {
  return testResults.filter((file) => file.status === "failed").flatMap((file) => {
    const tests = file.assertionResults.filter((test) => test.status === "failed");
    return tests.length === 0 ? [shortName(file)] : tests.map((test) => `${shortName(file)}: ${[...test.ancestorTitles, test.title].join(" > ")}`);
  });
}

/** The files that are worth a second try: those that failed, where they are few. */
export function filesToRepeat({ testResults }) {
  const failed = testResults.filter((file) => file.status === "failed").map((file) => file.name);
  return failed.length <= fewFiles ? failed : [];
}

/**
 * What counts after some files ran a second time: their new results beside the others' first ones. What failed and then
 * passed is named, because a test that depends on chance is a defect, though one that need not hold up everybody's work.
 */
export function afterSecondTry(first, second) {
  const again = new Map(second.testResults.map((file) => [file.name, file]));
  const merged = { testResults: first.testResults.map((file) => again.get(file.name) ?? file) };
  const still = new Set(failedNames(merged));
  const wavering = failedNames(first).filter((test) => !still.has(test));
  return { ...merged, wavering };
}

/** One run of vitest over files and folders. @returns its report, undefined where it left none, and its exit status */
async function vitestReport(name, places, { node, ...options }) {
  const reportFile = path.join(paths.state, "test-reports", `${name}-${process.pid}.json`);
  mkdirSync(path.dirname(reportFile), { recursive: true });
  const vitest = path.join(paths.nodeModules, "vitest", "vitest.mjs");
  const { status } = await runShown(node, [vitest, "run", ...places,
    "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`], options);
  if (!existsSync(reportFile)) return { status };
  const report = JSON.parse(readFileSync(reportFile, "utf8"));
  rmSync(reportFile);
  return { status, report };
}

async function runVitest(room, options) {
  if (room.places.length === 0) return { passed: 0, failed: 1, complaint: "the room has no tests" };
  let { status, report } = await vitestReport(room.name, room.places, options);
  if (report === undefined) return { passed: 0, failed: 1, complaint: `vitest left no report (status ${status})` };
  const repeated = filesToRepeat(report);
  let wavering = [];
  if (repeated.length > 0) {
    console.log(`\n── ${room.name}, what failed once more ──`);
    const second = await vitestReport(room.name, repeated.map((file) => path.relative(paths.root, file)), options);
    if (second.report !== undefined) {
      ({ wavering, ...report } = afterSecondTry(report, second.report));
      status = second.status;
    }
  }
  const counts = countReport(report);
  if (counts.passed + counts.failed === 0) return { passed: 0, failed: 1, complaint: "no test was found" };
  if (status !== 0 && counts.failed === 0) return { ...counts, failed: 1, complaint: `vitest ended with status ${status}` };
  const told = [counts.complaint, ...wavering.map((test) => `passed at the second try only: ${test}`)].filter(Boolean);
  return { ...counts, complaint: told.length > 0 ? told.join("\n  ") : undefined };
}

/**
 * @param options `env` of the tests, `node` that runs them, `long` for the long tests too
 * @returns `{passed, failed, seconds, complaints}`
 */
export async function runRoom(room, options) {
  const started = Date.now();
  const limited = { ...options, limit: options.long ? 60 : 4 * room.minutes };
  const parts = [];
  if (room.typecheck) parts.push(await runTypecheck(limited));
  if (room.ctest) parts.push(await runCTest(limited));
  parts.push(await runVitest(room, limited));
  return {
    passed: parts.reduce((sum, part) => sum + part.passed, 0),
    failed: parts.reduce((sum, part) => sum + part.failed, 0),
    seconds: (Date.now() - started) / 1000,
    complaints: parts.map((part) => part.complaint).filter(Boolean),
  };
}
