/** What `npm start` makes of its arguments, and what it hands on to `jupyter lab`. */
import path from "node:path";
import { SetupFailure } from "./failure.mjs";
import { paths } from "./paths.mjs";

/**
 * Takes `--work DIR` (or `--work=DIR`, or NABLA_WORK) out of the arguments.
 * @param base the folder that a relative DIR starts from
 */
export function splitArguments(args, environment, base) {
  let work = environment.NABLA_WORK || undefined;
  const rest = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (arg === "--work") {
      index += 1;
      work = args[index];
      if (work === undefined) throw new SetupFailure("`--work` wants a folder after it: `npm start -- --work DIR`.");
    } else if (arg.startsWith("--work=")) work = arg.slice("--work=".length);
    else rest.push(arg);
  }
  return { work: work === undefined ? paths.course : path.resolve(base, work), rest };
}

/** Options of `jupyter lab` that take their value as the next word. */
const valued = new Set(["--port", "--ip", "--notebook-dir", "--log-level", "--config", "--app-dir", "--gateway-url", "--transport", "--keyfile", "--certfile", "--client-ca", "--sock", "--sock-mode"]);

/** The words among the arguments that are neither options nor values of options: a notebook or folder to open. */
function positional(args) {
  return args.filter((arg, index) => !arg.startsWith("-") && !valued.has(args[index - 1] ?? ""));
}

/**
 * The arguments of `jupyter lab`: the learner's folder with the first chapter open, unless the person named another
 * notebook, folder or page.
 */
export function labArguments(rest, { work, chapter, base, isRoot = process.getuid?.() === 0 }) {
  const opened = positional(rest);
  const args = rest.map((arg) => (opened.includes(arg) ? path.resolve(base, arg) : arg));
  const sets = (name) => rest.some((arg) => arg.startsWith(name));
  const ours = [];
  // “Save and Export Notebook As” with the words of every chart; slides are pages too, with a template of their own.
  if (!sets("--HTMLExporter.template_name")) ours.push("--HTMLExporter.template_name=nabla", "--SlidesExporter.template_name=reveal");
  if (isRoot && !sets("--allow-root")) ours.push("--allow-root");
  if (opened.length === 0) {
    if (!sets("--notebook-dir") && !sets("--ServerApp.root_dir")) {
      ours.push(`--ServerApp.root_dir=${work}`);
      if (chapter && !sets("--LabApp.default_url")) ours.push(`--LabApp.default_url=/lab/tree/${encodeURIComponent(chapter)}`);
    }
  }
  return [...ours, ...args];
}
