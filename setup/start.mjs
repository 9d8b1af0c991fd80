/**
 * `npm start`: makes the checkout ready, copies the chapters for the learner, and opens JupyterLab on the first one.
 * `--work DIR` (or NABLA_WORK) puts the learner's copies elsewhere; every other argument goes on to `jupyter lab`.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { chapterNames, copyChapters } from "./course/hand-out.mjs";
import { jupyterEnvironment } from "./environment.mjs";
import { runMain } from "./failure.mjs";
import { shown } from "./paths.mjs";
import { prepare } from "./prepare.mjs";
import { labArguments, splitArguments } from "./start-arguments.mjs";

/** Read at once: by the time JupyterLab runs, npm may already be gone. */
const parent = process.ppid;

/** Runs JupyterLab to its end; signals reach it, and its exit status becomes ours. */
function runLab(jupyter, args, work) {
  return new Promise((resolve, reject) => {
    const lab = spawn(jupyter, ["lab", ...args], { stdio: "inherit", cwd: work, env: jupyterEnvironment() });
    // Control-C goes to the whole terminal group, JupyterLab asks its question, and we only wait for its answer.
    process.on("SIGINT", () => {});
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => lab.kill(signal));
    // npm that is ended does not tell us; without this JupyterLab would stay behind, holding its port.
    const orphaned = setInterval(() => {
      if (process.ppid !== parent) lab.kill("SIGTERM");
    }, 1000);
    const settle = (then) => (...outcome) => {
      clearInterval(orphaned);
      then(...outcome);
    };
    lab.on("error", settle(reject));
    lab.on("close", settle((status, signal) => resolve(signal ? 1 : status)));
  });
}

runMain(async () => {
  const base = process.env.INIT_CWD ?? process.cwd();
  const { work, rest } = splitArguments(process.argv.slice(2), process.env, base);
  const { jupyter } = await prepare();
  const copied = copyChapters(work);
  if (copied.length > 0) console.log(`Copied ${copied.join(", ")} to ${shown(work)} (yours to change, never overwritten).`);
  process.exitCode = await runLab(jupyter, labArguments(rest, { work, chapter: chapterNames()[0], base }), work);
});
