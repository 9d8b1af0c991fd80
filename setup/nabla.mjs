#!/usr/bin/env node
/**
 * `npm exec nabla COMMAND`: what a learner or an instructor types beside `npm start`. Each command is a file that exports
 * `run(args)`; without one, or with an unknown one, the list is printed.
 */
import { runMain, SetupFailure } from "./failure.mjs";

/** name, what it takes, what it does, where it is */
const commands = [
  ["install", "[--user | --prefix DIR]", "makes the kernel known to your Jupyter: yours alone (--user), or that of an environment (npm needs -- before the options)", "./install.mjs"],
  ["uninstall", "[--user | --prefix DIR]", "takes it away again", "./uninstall.mjs"],
  ["doctor", "", "tries every piece, from Node to a product of tensors in a cell, and says what cures those that fail", "./doctor.mjs"],
  ["run", "NOTEBOOK [--output FILE] [--timeout SECONDS] [--allow-errors]", "runs a notebook without a browser, writes its outputs, and ends with status 1 if a cell fails", "./run.mjs"],
  ["data", "[SET …] [--all] [--to DIR]", "fetches data sets before a class (npm needs -- before the options): mnist, or the ones named, or all", "./data.mjs"],
  ["chapters", "[--work DIR]", "copies the chapters that you do not have yet into my-course", "./course/copy-chapters.mjs"],
  ["update", "[CHAPTER] [--work DIR]", "takes new texts of chapters into your copies; your answers are kept", "./course/update.mjs"],
  ["reset", "CHAPTER [EXERCISE] [--work DIR]", "puts a chapter or an exercise back as it was handed out", "./course/reset.mjs"],
];

const usage = () => ["npm exec nabla …", ...commands.map(([name, takes, does]) => `  ${name} ${takes}\n      ${does}`)].join("\n");

runMain(async () => {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === "help" || name === "--help") return console.log(usage());
  const command = commands.find(([known]) => known === name);
  if (command === undefined) throw new SetupFailure(`nabla has no command "${name}".\n${usage()}`);
  const { run } = await import(command[3]);
  await run(args);
});
