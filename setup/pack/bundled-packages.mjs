/**
 * The npm packages that travel inside the tarball, so that installing it asks no registry: what `nabla` needs when it runs,
 * and what that needs, as package-lock.json says, without the parts that are for other systems or for building.
 */
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { paths } from "../paths.mjs";

/** Needed to compile the addon, which the tarball brings compiled. */
const forBuilding = new Set(["node-addon-api", "node-api-headers"]);

/** The dependencies of the package that the tarball installs: name and version. */
export function runtimeDependencies(manifest) {
  return Object.fromEntries(Object.entries(manifest.dependencies).filter(([name]) => !forBuilding.has(name)));
}

/** The place of a package as seen from another one: its own node_modules first, then those above. */
function placeOf(name, from, packages) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const place = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (place in packages) return place;
    if (folder === "" || !folder.includes("/node_modules/")) return `node_modules/${name}`;
  }
}

/**
 * All packages that these need, as places like `node_modules/vega`, in order.
 * @param {Record<string, {dependencies?: object, optionalDependencies?: object}>} packages those of package-lock.json
 * @param {(place: string) => boolean} isInstalled optional ones for other systems are not
 */
export function closureOf(names, packages, isInstalled) {
  const found = new Set();
  const visit = (name, from) => {
    const place = placeOf(name, from, packages);
    if (found.has(place) || !isInstalled(place)) return;
    found.add(place);
    const { dependencies = {}, optionalDependencies = {} } = packages[place] ?? {};
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) visit(each, place);
  };
  for (const name of names) visit(name, "");
  return [...found].sort();
}

const system = `${process.platform}/${process.arch}`;

/** What of a package is left out, by its path inside: builds for other systems, sources of what is built, other languages. */
const leftOut = {
  zeromq: (file) => /^(src|script|CMakeLists\.txt|vcpkg\.json|tsconfig\.json)(\/|$)/.test(file)
    || (/^build\/\w+\/\w+\//.test(`${file}/`) && !`${file}/`.startsWith(`build/${system}/`))
    || (process.platform === "linux" && /^build\/linux\/\w+\/node\/(?!glibc)/.test(file)),
  // Only its loader runs; the rest builds addons.
  "cmake-ts": (file) => /^build\//.test(file) && !/^build\/loader\.(js|mjs|d\.ts)$/.test(file),
  // The kernel's other language is Chinese.
  typescript: (file) => /^lib\/[a-z]{2}(-\w+)?(\/|$)/.test(file) && !/^lib\/zh-cn(\/|$)/.test(file),
  "vega-lite": (file) => /^src(\/|$)/.test(file),
  ajv: (file) => /^lib(\/|$)/.test(file),
  // The faces that pictures of charts are drawn with.
  "dejavu-fonts-ttf": (file) => /\.ttf$/.test(file) && !/\/DejaVuSans(-Bold|-Oblique|Mono)?\.ttf$/.test(file),
};

/** Whether a file of a package stays behind; maps of what is not to be debugged always do. */
export const isLeftOut = (name, file) => /\.map$/.test(file) || (leftOut[name]?.(file) ?? false);

/**
 * A package's manifest as it travels: without scripts, which would run when the tarball is installed and build what is
 * built, and without packages that are not inside, which npm would look for in the registry.
 */
export function travellingManifest(manifest, isInside) {
  const { scripts: _scripts, devDependencies: _dev, optionalDependencies, ...kept } = manifest;
  const inside = Object.entries(optionalDependencies ?? {}).filter(([name]) => isInside(name));
  const dependencies = Object.entries(kept.dependencies ?? {}).filter(([name]) => isInside(name));
  return {
    ...kept,
    ...(kept.dependencies === undefined ? {} : { dependencies: Object.fromEntries(dependencies) }),
    ...(inside.length === 0 ? {} : { optionalDependencies: Object.fromEntries(inside) }),
  };
}

/** Copies the packages into a folder. @returns their places */
export function copyPackages(names, target) {
  const { packages } = JSON.parse(readFileSync(paths.packageLock, "utf8"));
  const isInstalled = (place) => existsSync(path.join(paths.root, place, "package.json"));
  const places = closureOf(names, packages, isInstalled);
  for (const place of places) {
    const name = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    const source = path.join(paths.root, place);
    cpSync(source, path.join(target, place), {
      recursive: true,
      dereference: true,
      filter: (file) => {
        const inside = path.relative(source, file).split(path.sep).join("/");
        // What lies in its own node_modules is copied by its own place.
        return inside === "" || !(inside === "node_modules" || isLeftOut(name, inside));
      },
    });
    const manifest = JSON.parse(readFileSync(path.join(source, "package.json"), "utf8"));
    const isInside = (each) => places.includes(placeOf(each, place, packages));
    writeFileSync(path.join(target, place, "package.json"), `${JSON.stringify(travellingManifest(manifest, isInside), null, 2)}\n`);
  }
  return places;
}
