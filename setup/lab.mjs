/**
 * The lab extension: lab/src to lab/labextension, in the shape that JupyterLab loads ("Prebuilt extensions" in its developer
 * guide), when its contents have changed. JupyterLab and an extension meet by module federation, of which one small part is
 * needed here: a container that is told where the page's own modules are and hands out ours
 * (https://webpack.js.org/concepts/module-federation/, "Dynamic remote containers"). That part is written below, so that
 * esbuild, which is here for the tests anyway, builds the extension, and no bundler of JupyterLab's is downloaded.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { SetupFailure } from "./failure.mjs";
import { paths } from "./paths.mjs";
import { step } from "./progress.mjs";
import { filesUnder, fingerprint, isStamped, writeStamp } from "./stamp.mjs";

const lab = path.join(paths.root, "lab");
const output = paths.labExtension;

/** Modules that are the page's own: JupyterLab's tokens and Lumino's classes are compared by identity. */
const pageModules = ["@jupyterlab/notebook", "@jupyterlab/rendermime", "@jupyterlab/translation", "@lumino/widgets"];

/** Where the container leaves the page's modules for ours. */
const SHARED = 'globalThis[Symbol.for("nabla.lab.modules")]';

/**
 * The script that JupyterLab loads first: registers the container. `init` is told of the page's modules, `get` loads ours
 * once theirs are there. JupyterLab writes on what it gets, so it is given a plain object and not a module's namespace.
 * @param {string[]} files the plugin and what it imports: the browser fetches them while JupyterLab itself is still loading
 */
function containerScript(name, files) {
  const [plugin] = files;
  return `(() => {
  let scope;
  for (const file of ${JSON.stringify(files)}) {
    const href = new URL(file, document.currentScript.src).href;
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  }
  const pageModule = async (name) => {
    const versions = Object.values(scope[name] ?? {});
    const found = versions.find(({ loaded }) => loaded) ?? versions[0];
    if (found === undefined) throw new Error("This JupyterLab has no " + name);
    return [name, (await found.get())()];
  };
  const load = async () => {
    ${SHARED} = Object.fromEntries(await Promise.all(${JSON.stringify(pageModules)}.map(pageModule)));
    const { default: plugin } = await import("./${plugin}");
    return () => ({ default: plugin, __esModule: true });
  };
  (globalThis._JUPYTERLAB ??= {})[${JSON.stringify(name)}] = { init: (modules) => { scope = modules; }, get: load };
})();
`;
}

const ofThePage = {
  name: "modules of the page",
  setup(build) {
    const filter = new RegExp(`^(${pageModules.join("|")})$`);
    build.onResolve({ filter }, (args) => ({ path: args.path, namespace: "page" }));
    build.onLoad({ filter: /.*/, namespace: "page" }, ({ path: name }) => ({ contents: `module.exports = ${SHARED}[${JSON.stringify(name)}];` }));
  },
};

/** Every stylesheet of lab/style, made one and put into the extension as a text. */
function stylesheets(transform) {
  return {
    name: "stylesheets",
    setup(build) {
      build.onResolve({ filter: /^nabla:style$/ }, () => ({ path: "style", namespace: "style" }));
      build.onLoad({ filter: /.*/, namespace: "style" }, async () => {
        const text = filesUnder(path.join(lab, "style")).map((file) => readFileSync(file, "utf8")).join("\n");
        return { contents: (await transform(text, { loader: "css", minify: true })).code, loader: "text" };
      });
    },
  };
}

async function build() {
  const { build: bundle, transform } = await import(pathToFileURL(path.join(paths.nodeModules, "esbuild", "lib", "main.js")).href);
  const assets = path.join(output, "static");
  rmSync(output, { recursive: true, force: true });
  let metafile;
  try {
    ({ metafile } = await bundle({
      absWorkingDir: paths.root,
      entryPoints: { plugin: path.join(lab, "src", "plugin.ts") },
      outdir: assets,
      entryNames: "[name].[hash]",
      chunkNames: "[name].[hash]",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      charset: "utf8",
      minify: true,
      legalComments: "linked",
      logLevel: "silent",
      plugins: [ofThePage, stylesheets(transform)],
      metafile: true,
    }));
  } catch (error) {
    throw new SetupFailure(`The lab extension could not be built: ${error.message}`);
  }
  const { name, version, description, license } = JSON.parse(readFileSync(path.join(lab, "package.json"), "utf8"));
  const [plugin, { imports }] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === "lab/src/plugin.ts");
  const files = [plugin, ...imports.filter(({ kind }) => kind === "import-statement").map((each) => each.path)].map((file) => path.basename(file));
  const script = containerScript(name, files);
  const remote = `remoteEntry.${createHash("sha256").update(script).digest("hex").slice(0, 20)}.js`;
  writeFileSync(path.join(assets, remote), script);
  const described = { name, version, description, license, jupyterlab: { extension: true, _build: { load: `static/${remote}`, extension: "./extension" } } };
  writeFileSync(path.join(output, "package.json"), `${JSON.stringify(described, null, 2)}\n`);
  const install = { packageManager: "npm", packageName: "nabla", uninstallInstructions: "npm exec nabla uninstall" };
  writeFileSync(path.join(output, "install.json"), `${JSON.stringify(install, null, 2)}\n`);
}

/** Builds the extension, unless what it is built from is what it was. */
export async function prepareLab() {
  const sources = [
    ...["src", "style"].flatMap((folder) => filesUnder(path.join(lab, folder))),
    path.join(lab, "package.json"),
    path.join(paths.root, "setup", "lab.mjs"),
    ...["esbuild", "vega", "vega-lite"].map((name) => path.join(paths.nodeModules, name, "package.json")),
  ];
  const stamp = path.join(paths.state, "labextension");
  const print = fingerprint(sources);
  if (existsSync(path.join(output, "package.json")) && isStamped(stamp, print)) return;
  await step("Building the lab extension", build);
  writeStamp(stamp, print);
}
