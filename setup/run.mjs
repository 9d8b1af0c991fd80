/**
 * `npm exec nabla run NOTEBOOK`: runs a notebook from top to bottom without a browser and without Python, and writes its
 * outputs into it or into another file. Exit status 0 when every cell ran, 1 when not, 130 when it was stopped.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { writeNotebook } from "./course/notebook-file.mjs";
import { SetupFailure } from "./failure.mjs";
import { requireInstallation } from "./installation.mjs";
import { kernelSpec } from "./kernelspec.mjs";
import { readOptions } from "./options.mjs";
import { paths } from "./paths.mjs";

const usage = "npm exec nabla run NOTEBOOK -- [--output FILE] [--timeout SECONDS] [--allow-errors]";

/** What the command line asks for. */
export function readArguments(args, environment = process.env) {
  const { options, rest } = readOptions(args, { output: "string", timeout: "string", "allow-errors": "boolean" }, usage, environment);
  if (rest.length !== 1) throw new SetupFailure(`${rest.length === 0 ? "Which notebook?" : `One notebook at a time, not ${rest.join(" and ")}.`} It is written: ${usage}`);
  const seconds = options.timeout === undefined ? undefined : Number(options.timeout);
  if (seconds !== undefined && !(seconds > 0)) throw new SetupFailure(`--timeout takes the seconds that one cell may take, not "${options.timeout}".`);
  return { notebook: rest[0], output: options.output ?? rest[0], seconds, allowErrors: options["allow-errors"] === true };
}

/** The notebook in a file, if it is one that this kernel can run. */
function readTypeScriptNotebook(file) {
  if (!existsSync(file)) throw new SetupFailure(`There is no ${file}.`);
  let notebook;
  try {
    notebook = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new SetupFailure(`${file} is not a notebook: ${error.message}.`);
  }
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new SetupFailure(`${file} is not a notebook of format 4: \`jupyter nbconvert --to notebook --inplace ${file}\` brings an older one up to it.`);
  }
  const language = notebook.metadata?.kernelspec?.language ?? notebook.metadata?.language_info?.name;
  if (language !== undefined && !/^(typescript|javascript)$/i.test(language)) {
    throw new SetupFailure(`${file} is written in ${language}, and this kernel runs TypeScript.`);
  }
  notebook.metadata ??= {};
  const { display_name } = kernelSpec();
  notebook.metadata.kernelspec ??= { display_name, language: "typescript", name: "nabla" };
  return notebook;
}

/** One line on a terminal that says which cell runs. */
function progressLine(stream) {
  if (stream.isTTY !== true) return { show: () => {}, clear: () => {} };
  return {
    show: (number, count) => stream.write(`\r\x1b[2Kcell ${number} of ${count} …`),
    clear: () => stream.write("\r\x1b[2K"),
  };
}

export async function run(args, { say = console.log, complain = console.error } = {}) {
  const { notebook: name, output, seconds, allowErrors } = readArguments(args);
  const file = path.resolve(name);
  const target = path.resolve(output);
  const notebook = readTypeScriptNotebook(file);
  requireInstallation();
  const { runNotebook } = await import(pathToFileURL(path.join(paths.dist, "kernel", "client", "notebook-run.js")).href);

  const spec = kernelSpec();
  const command = { argv: spec.argv, env: { ...spec.env, JPY_SESSION_NAME: file }, cwd: path.dirname(file) };
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, onSignal);
  const progress = progressLine(process.stderr);
  const started = Date.now();
  let hasBegun = false;
  let result;
  try {
    result = await runNotebook(notebook, command, {
      ...(seconds === undefined ? {} : { timeout: seconds * 1000 }),
      allowErrors,
      signal: stop.signal,
      onCell: (number, count) => {
        hasBegun = true;
        progress.show(number, count);
      },
    });
  } catch (error) {
    if (error.name !== "KernelEnded") throw error;
    if (!hasBegun) throw new SetupFailure(`${name}: ${error.message}\nThe notebook is left as it was; \`npm exec nabla doctor\` says what is missing.`);
    writeNotebook(target, notebook);
    throw new SetupFailure(`${name}: ${error.message}\nWhat ran until then is in ${output}.`);
  } finally {
    progress.clear();
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, onSignal);
  }
  writeNotebook(target, notebook);
  const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const { run: count, failed } = result;
  if (failed === undefined) return say(`${name}: ${count} ${count === 1 ? "cell" : "cells"} in ${took}, saved in ${output}`);
  const traceback = `${failed.error.traceback.join("\n")}\n`;
  complain(process.stderr.isTTY === true ? traceback : stripVTControlCharacters(traceback));
  const why = { timeout: `took longer than ${seconds} s and was stopped`, signal: "was stopped" }[failed.stopped] ?? `ended in ${failed.error.ename}`;
  complain(`nabla: ${name}: code cell ${failed.number} ${why} (${took}); what ran is saved in ${output}`);
  process.exitCode = failed.stopped === "signal" ? 130 : 1;
}
