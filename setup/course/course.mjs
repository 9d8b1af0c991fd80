/**
 * `npm run course` runs the chapters and checks their figures (`-- 01 03` those whose names begin so; `-- --save` keeps their
 * outputs); `npm run course -- --release DIR` writes them as a class gets them, and `npm run course -- --instructor DIR` with
 * solutions, minutes and known mistakes, and as nbgrader's course folder.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { runMain, SetupFailure } from "../failure.mjs";
import { paths, shown } from "../paths.mjs";
import { prepare } from "../prepare.mjs";
import { writeInstructors, writeRelease } from "./class-notebooks.mjs";
import { runChapters } from "./run-chapters.mjs";

const USAGE = `\`npm run course\` runs the chapters and checks their figures; \`-- 01 03\` those whose names begin so.
  --save            saves them with their outputs
  --drawn           lets figures pass that were measured on sets which the package makes itself
  --release DIR     writes the chapters for a class
  --instructor DIR  writes them with solutions`;

const writers = { "--release": writeRelease, "--instructor": writeInstructors };

async function writeForClass([what, folder, ...rest]) {
  if (folder === undefined || rest.length > 0) throw new SetupFailure(USAGE);
  await prepare();
  const { exercises } = await import(pathToFileURL(path.join(paths.dist, "src", "course", "chapters", "index.js")));
  const files = writers[what](path.resolve(process.env.INIT_CWD ?? process.cwd(), folder), exercises, paths.notebooks);
  console.log(files.map(shown).join("\n"));
}

runMain(async () => {
  const words = process.argv.slice(2);
  if (words[0] in writers) return writeForClass(words);
  const [flags, beginnings] = [words.filter((word) => word.startsWith("-")), words.filter((word) => !word.startsWith("-"))];
  if (flags.some((flag) => !["--save", "--drawn"].includes(flag))) throw new SetupFailure(USAGE);
  await prepare();
  const fine = await runChapters({ beginnings, save: flags.includes("--save"), drawn: flags.includes("--drawn") });
  if (!fine) process.exitCode = 1;
});
