/** `npm run setup`: makes the checkout ready and stops. */
import { runMain } from "./failure.mjs";
import { prepare } from "./prepare.mjs";

runMain(async () => {
  const started = Date.now();
  await prepare();
  console.log(`Nabla is set up (${((Date.now() - started) / 1000).toFixed(1)} s). \`npm start\` opens the first chapter.`);
});
