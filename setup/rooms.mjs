/**
 * The rooms that `npm test` goes through, with the time each may take on two cores. A folder of test/ that no room
 * claims belongs to the library, so no test file can be left out by having an unexpected name.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { paths } from "./paths.mjs";

const claimed = {
  setup: ["architecture.test.ts", "architecture", "setup"],
  native: ["native"],
  kernel: ["kernel"],
  chapters: ["chapters"],
  e2e: ["e2e"],
};

function unclaimed() {
  const taken = new Set(Object.values(claimed).flat());
  return readdirSync(path.join(paths.root, "test"), { withFileTypes: true })
    .filter((entry) => !taken.has(entry.name))
    .filter((entry) => entry.isDirectory() || entry.name.endsWith(".test.ts"))
    .map((entry) => entry.name);
}

/** Only what exists: an empty list of filters would make vitest run everything. */
const places = (names) => names
  .map((name) => path.join(paths.root, "test", name))
  .filter(existsSync)
  .map((place) => path.relative(paths.root, place).split(path.sep).join("/") + (place.endsWith(".ts") ? "" : "/"));

/** The rooms in the order they run, quick ones first. `places` are vitest's filters; minutes are the budget. */
export function testRooms() {
  return [
    { name: "setup", minutes: 1, typecheck: true, places: places(claimed.setup) },
    { name: "native", minutes: 4, ctest: true, places: places(claimed.native) },
    { name: "library", minutes: 4, places: places(unclaimed()) },
    { name: "kernel", minutes: 3, places: places(claimed.kernel) },
    { name: "chapters", minutes: 4.5, places: places(claimed.chapters) },
    { name: "e2e", minutes: 3.5, places: places(claimed.e2e) },
  ];
}
