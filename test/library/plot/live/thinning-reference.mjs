/**
 * Makes thinning.json: which points the algorithm's author keeps, by his own code for Node (npm's `downsample-lttb` 0.0.1).
 * To run it: `npm install --prefix DIR downsample-lttb@0.0.1`, then `node thinning-reference.mjs DIR > thinning.json`.
 */
import { createRequire } from "node:module";
import path from "node:path";

const { processData } = createRequire(path.resolve(process.argv[2] ?? ".", "index.js"))("downsample-lttb");

/** Numbers between 0 and 1 that anybody can make again. */
function* noise(seed) {
  for (let state = seed; ; ) {
    state = (state * 48271) % 2147483647;
    yield state / 2147483647;
  }
}

const cases = [];
for (const [length, count, seed] of [[10, 4, 1], [11, 5, 2], [100, 7, 3], [101, 50, 4], [997, 100, 5], [2500, 333, 6], [6, 3, 7], [50, 26, 8]]) {
  const random = noise(seed);
  let x = 0;
  const points = Array.from({ length }, (_, i) => {
    x += Math.round(1000 * (0.2 + random.next().value)) / 1000;
    return [x, Math.round(1e4 * (Math.exp(-i / 300) + 0.4 * (random.next().value - 0.5))) / 1e4];
  });
  const kept = processData(points, count).map((point) => points.indexOf(point));
  cases.push({ x: points.map(([px]) => px), y: points.map(([, py]) => py), count, kept });
}
process.stdout.write(`${JSON.stringify({ cases })}\n`);
