/**
 * One set-up at a time in a checkout: two starts at once (two terminals, two tests) would build into the same folders.
 * The lock is a file that names its holder; a holder that is no longer alive does not count.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { paths } from "./paths.mjs";

const ownLock = path.join(paths.state, "setup.lock");

/** How old a file may be and still be in the middle of being made or taken over, in milliseconds. */
const freshness = 5000;

const isFresh = (file) => Date.now() - statSync(file).mtimeMs < freshness;

/** The process that holds the lock, -1 if it is not known, or undefined if it is gone. */
function holder(lockFile) {
  try {
    const pid = Number(readFileSync(lockFile, "utf8"));
    // Made and not yet written into.
    if (!(pid > 0)) return isFresh(lockFile) ? -1 : undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === "EPERM" ? -1 : undefined;
  }
}

/**
 * Removes the lock of a dead process. Of several that wait only one may: another could have looked before and would remove
 * the lock that the first has made since. Who makes the folder beside the lock looks again and removes.
 */
function takeOver(lockFile) {
  const claim = `${lockFile}.takeover`;
  try {
    mkdirSync(claim);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (existsSync(claim) && !isFresh(claim)) rmSync(claim, { recursive: true, force: true });
    return;
  }
  if (holder(lockFile) === undefined) rmSync(lockFile, { force: true });
  rmSync(claim, { recursive: true, force: true });
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
      takeOver(lockFile);
    } else if (!told) {
      console.log(`Waiting for another set-up in this folder${pid > 0 ? ` (process ${pid})` : ""} …`);
      told = true;
    }
    await new Promise((resolve) => setTimeout(resolve, pid === undefined ? 5 : 200));
  }
  try {
    return await body();
  } finally {
    rmSync(lockFile, { force: true });
  }
}
