/**
 * `npm run course -- --release DIR` writes the chapters as a class gets them, `npm run course -- --instructor DIR` with
 * solutions, minutes and known mistakes, and as nbgrader's course folder.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { runMain, SetupFailure } from "../failure.mjs";
import { paths, shown } from "../paths.mjs";
import { prepare } from "../prepare.mjs";
import { writeInstructors, writeRelease } from "./class-notebooks.mjs";

const writers = { "--release": writeRelease, "--instructor": writeInstructors };

runMain(async () => {
  const [what, folder, ...rest] = process.argv.slice(2);
  const write = writers[what];
  if (write === undefined || folder === undefined || rest.length > 0) {
    throw new SetupFailure("`npm run course -- --release DIR` writes the chapters for a class, `npm run course -- --instructor DIR` with solutions.");
  }
  await prepare();
  const { exercises } = await import(pathToFileURL(path.join(paths.dist, "src", "course", "chapters", "index.js")));
  const files = write(path.resolve(process.env.INIT_CWD ?? process.cwd(), folder), exercises, paths.notebooks);
  console.log(files.map(shown).join("\n"));
});
