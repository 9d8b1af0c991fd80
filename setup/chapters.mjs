/**
 * `npm run chapters`: runs every chapter from top to bottom on a fresh kernel and saves it with its outputs, always the
 * same way, so that a second run leaves the files as they are. `npm run chapters -- 01` runs those whose names begin so.
 * A chapter with a failing cell is left as it was.
 */
import { statSync } from "node:fs";
import path from "node:path";
import { chapterNames } from "./course/hand-out.mjs";
import { dataFolder } from "./data-folder.mjs";
import { runMain, SetupFailure } from "./failure.mjs";
import { runNotebook } from "./notebook-run.mjs";
import { paths } from "./paths.mjs";
import { prepare } from "./prepare.mjs";

function chosenChapters(beginnings) {
  const names = chapterNames();
  const unknown = beginnings.find((beginning) => !names.some((name) => name.startsWith(beginning)));
  if (unknown !== undefined) throw new SetupFailure(`No chapter's name begins with ${unknown}: there are ${names.join(", ")}.`);
  return beginnings.length === 0 ? names : names.filter((name) => beginnings.some((beginning) => name.startsWith(beginning)));
}

runMain(async () => {
  const chapters = chosenChapters(process.argv.slice(2));
  await prepare();
  const data = dataFolder();
  const env = { ...process.env, ...(data ? { NABLA_DATA: data } : {}) };
  for (const name of chapters) {
    const file = path.join(paths.notebooks, name);
    const result = await runNotebook(file, file, { env });
    if (result.failure !== undefined) throw new SetupFailure(`${name} did not run to its end and is left as it was.\n${result.failure}`);
    console.log(`${name}: ${result.seconds.toFixed(1)} s, saved with ${Math.ceil(statSync(file).size / 1024)} KiB`);
  }
});
