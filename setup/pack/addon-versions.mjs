/**
 * The oldest system that an addon loads on, read from what it asks of the system's libraries. Node 20 and later run on
 * glibc 2.28 (their BUILDING.md), and the systems of that age, RHEL 8 and Debian 10, have the libraries of GCC 8.
 */
import { ask } from "../command.mjs";
import { SetupFailure } from "../failure.mjs";

/** The newest version of each library that a system with glibc 2.28 is sure to have. */
const newest = { GLIBC: "2.28", GLIBCXX: "3.4.25", CXXABI: "1.3.11", GCC: "8.0.0" };

const isNewer = (a, b) => {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  const at = left.findIndex((part, index) => part !== (right[index] ?? 0));
  return at >= 0 && left[at] > (right[at] ?? 0);
};

/**
 * The symbols of the addon that a system with glibc 2.28 may not have, from the table that `objdump -T` prints.
 * @returns e.g. `["hypot (GLIBC_2.35)"]`
 */
export function symbolsTooNew(table) {
  const wanted = [...table.matchAll(/\*UND\*\s+\S+\s+\(?(\w+?)_([\d.]+)\)?\s+(\S+)$/gm)];
  return wanted.filter(([, library, version]) => library in newest && isNewer(version, newest[library])).map(([, library, version, name]) => `${name} (${library}_${version})`);
}

/** @throws SetupFailure naming what the addon needs that is too new */
export function requireOldSystem(addon) {
  const { status, stdout, stderr } = ask("objdump", ["-T", addon]);
  if (status !== 0) throw new SetupFailure(`objdump could not read ${addon} (${stderr.trim() || "it is not there"}): \`sudo apt-get install binutils\` brings it.`);
  const tooNew = symbolsTooNew(stdout);
  if (tooNew.length > 0) {
    throw new SetupFailure(`the addon would not load on glibc ${newest.GLIBC}: it needs ${tooNew.join(", ")}. Add the function to native/binding/old_systems.cpp, or build on an older system.`);
  }
  return `glibc ${newest.GLIBC}`;
}
