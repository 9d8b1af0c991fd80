/**
 * `npm exec nabla data -- [SET …] [--all] [--to DIR]`: fetches data sets before a class, so that no chapter waits for the
 * network. What is there already is checked and not fetched again. The folder of `--to` is laid out as the cache is: set
 * NABLA_DATA to it, or serve it as NABLA_MIRROR.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { SetupFailure } from "./failure.mjs";
import { paths, shown } from "./paths.mjs";

/** name, the set's own name, how it is loaded, and whether the first chapters need it */
const sets = [
  ["mnist", "MNIST", "loadMnist", true],
  ["fashion-mnist", "Fashion-MNIST", "fashionMnist", false],
  ["cifar-10", "CIFAR-10", "loadCifar10", false],
  ["imdb", "IMDB", "loadImdb", false],
];

/** Which sets are wanted, and where to. */
export function readArguments(args, base = process.cwd(), environment = {}) {
  const wanted = [];
  let to;
  // Without "--" before it npm takes --all for an option of its own, and hands it on in this way.
  let all = environment.npm_config_all === "true";
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--all") all = true;
    else if (args[i] === "--to") {
      if (args[i + 1] === undefined || args[i + 1].startsWith("--")) throw new SetupFailure("--to needs a folder: npm exec nabla data -- --to DIR");
      to = path.resolve(base, args[++i]);
    } else {
      const set = sets.find(([name]) => name === args[i]);
      if (set === undefined) throw new SetupFailure(`there is no data set "${args[i]}"; known are ${sets.map(([name]) => name).join(", ")} (or --all); options of this command stand after --, as in npm exec nabla data -- --to DIR`);
      wanted.push(set);
    }
  }
  return { sets: all ? sets : wanted.length > 0 ? wanted : sets.filter(([, , , first]) => first), to };
}

export async function run(args, { load = loadLibrary, environment = process.env, say = console.log } = {}) {
  const { sets: wanted, to } = readArguments(args, environment.INIT_CWD, environment);
  if (to !== undefined) {
    environment.NABLA_CACHE = to;
    // Otherwise what lies there would be taken, and nothing come into the folder.
    delete environment.NABLA_DATA;
  }
  const library = await load();
  const stop = new AbortController();
  const interrupt = () => stop.abort(new SetupFailure("stopped; what was not complete is not kept. The next run goes on with the sets that are missing."));
  process.once("SIGINT", interrupt);
  const missing = [];
  try {
    for (const [, title, loader] of wanted) {
      try {
        const { name, checksum } = await library[loader]({ set: title, signal: stop.signal });
        say(`${name}: there and checked (MD5 of the set ${checksum}).`);
      } catch (error) {
        if (stop.signal.aborted) throw stop.signal.reason;
        if (!["DataUnreachable", "CorruptedDataFile"].includes(error.name)) throw error;
        say(`${title}: ${error.message}`);
        missing.push(title);
      }
    }
  } finally {
    process.off("SIGINT", interrupt);
  }
  if (to !== undefined) say(`The folder is ${to}; NABLA_DATA=${to} makes every chapter use it.`);
  if (missing.length > 0) throw new SetupFailure(`${missing.join(", ")} could not be had; chapters that need them run with sets that Nabla makes itself, and say so.`);
}

async function loadLibrary() {
  const file = path.join(paths.dist, "src", "index.js");
  if (!existsSync(file) || !existsSync(paths.addon)) throw new SetupFailure(`the library is not built yet (${shown(file)}); run npm run setup first`);
  const { data } = await import(pathToFileURL(file).href);
  return data;
}
