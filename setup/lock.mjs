/**
 * One set-up at a time in a checkout: two starts at once (two terminals, two tests) would build into the same folders.
 * The lock is a file that names its holder; a holder that is no longer alive does not count.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { paths } from "./paths.mjs";

const ownLock = path.join(paths.state, "setup.lock");

/** The process that holds the lock, or undefined if it is gone. */
function holder(lockFile) {
  try {
    const pid = Number(readFileSync(lockFile, "utf8"));
    if (!(pid > 0)) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === "EPERM" ? -1 : undefined;
  }
}

/** Runs the body while no other set-up runs in this checkout. */
export async function alone(body, lockFile = ownLock) {
  mkdirSync(path.dirname(lockFile), { recursive: true });
  let told = false;
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const pid = holder(lockFile);
    if (pid === undefined) {
      rmSync(lockFile, { force: true });
      continue;
    }
    if (!told) console.log(`Waiting for another set-up in this folder (process ${pid}) …`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await body();
  } finally {
    rmSync(lockFile, { force: true });
  }
}
