/**
 * `npm test`: makes everything ready (JupyterLab, the tests' Python packages, Chromium), runs the tests room by room,
 * and ends with the time table and the sum. A missing piece is a failure, never a skip.
 * `npm test -- kernel e2e` runs only these rooms; `npm run test:long` adds the long tests and the other Node versions.
 */
import path from "node:path";
import { prepareChromium } from "./chromium.mjs";
import { prepareNvcc } from "./cuda.mjs";
import { dataFolder } from "./data-folder.mjs";
import { jupyterEnvironment } from "./environment.mjs";
import { runMain, SetupFailure } from "./failure.mjs";
import { prepareOtherNodes } from "./node-versions.mjs";
import { paths } from "./paths.mjs";
import { prepare } from "./prepare.mjs";
import { installIntoVenv, venvProgram } from "./python.mjs";
import { testRooms } from "./rooms.mjs";
import { runRoom } from "./run-room.mjs";

function chosenRooms(names) {
  const rooms = testRooms();
  const unknown = names.find((name) => !rooms.some((room) => room.name === name));
  if (unknown !== undefined) {
    throw new SetupFailure(`There is no room ${unknown} to test: the rooms are ${rooms.map((room) => room.name).join(", ")} (\`npm test -- kernel\`).`);
  }
  return names.length === 0 ? rooms : rooms.filter((room) => names.includes(room.name));
}

function printTable(results) {
  console.log("\nroom                passed  failed     time   budget");
  for (const { name, minutes, passed, failed, seconds, complaints } of results) {
    const over = seconds > minutes * 60 ? "  over budget" : "";
    console.log(`${name.padEnd(18)}${String(passed).padStart(8)}${String(failed).padStart(8)}${`${seconds.toFixed(0)} s`.padStart(9)}${`${minutes * 60} s`.padStart(9)}${over}`);
    for (const complaint of complaints) console.log(`  ${complaint}`);
  }
}

runMain(async () => {
  const words = process.argv.slice(2);
  const long = words.includes("--long");
  const rooms = chosenRooms(words.filter((word) => word !== "--long"));

  const { jupyter } = await prepare({ tests: true });
  await installIntoVenv("Python packages of the tests", ["-r", path.join(paths.root, "test", "requirements.txt")]);
  // NVIDIA has no compiler for other systems.
  const nvcc = process.platform === "linux" && rooms.some(({ name }) => name === "native") ? await prepareNvcc() : undefined;
  const chromium = await prepareChromium();
  const data = dataFolder();
  console.log(`JupyterLab: ${jupyter}\nChromium: ${chromium}\nData: ${data ?? "none found, the seeded sets are used"}`);

  const env = {
    ...jupyterEnvironment(),
    NABLA_PYTHON: venvProgram("python"),
    NABLA_JUPYTER: jupyter,
    NABLA_CHROMIUM: chromium,
    ...(nvcc ? { NABLA_NVCC: nvcc } : {}),
    ...(data ? { NABLA_DATA: data } : {}),
    ...(long ? { NABLA_LONG: "1" } : {}),
  };

  const results = [];
  for (const room of rooms) {
    console.log(`\n── ${room.name} ──`);
    results.push({ ...room, ...(await runRoom(room, { env, node: process.execPath, long })) });
  }
  if (long) {
    for (const { version, node } of await prepareOtherNodes()) {
      for (const room of rooms.filter(({ name }) => name === "library" || name === "kernel")) {
        console.log(`\n── ${room.name} on Node ${version} ──`);
        results.push({ ...room, name: `${room.name}, Node ${version}`, ...(await runRoom(room, { env, node, long })) });
      }
    }
  }

  printTable(results);
  const failed = results.reduce((sum, room) => sum + room.failed, 0);
  const passed = results.reduce((sum, room) => sum + room.passed, 0);
  if (failed > 0 || passed === 0) process.exitCode = 1;
  console.log(`\n${passed} passed, ${failed} failed`);
});
