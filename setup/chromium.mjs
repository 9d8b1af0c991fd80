/**
 * A Chromium for the browser tests: the one that NABLA_CHROMIUM names, one of the machine's, or else Debian's package
 * (as root), or else Playwright's own build in `.nabla`.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { ask, findProgram } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { paths } from "./paths.mjs";
import { programStep } from "./progress.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

const playwright = path.join(paths.nodeModules, "playwright-core");
const playwrightEnvironment = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: paths.browsers };

/** The browser's file if it runs (Ubuntu ships a `chromium-browser` that only says how to install one). */
function running(name) {
  const file = findProgram(name);
  return file && ask(file, ["--version"]).status === 0 ? file : undefined;
}

/** Where Playwright's own build is, or would be. */
function playwrightBrowser() {
  const question = "process.stdout.write(require(process.argv[1]).chromium.executablePath())";
  const { stdout } = ask(process.execPath, ["-e", question, playwright], { env: playwrightEnvironment });
  return stdout !== "" && existsSync(stdout) ? stdout : undefined;
}

const find = () => names.map(running).find((file) => file !== undefined) ?? playwrightBrowser();

async function installDebianPackage() {
  const apt = findProgram("apt-get");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const ifItFails = "apt-get could not install chromium: connect to the network, or set NABLA_CHROMIUM to a browser that is here";
  await programStep("Updating the list of Debian packages", apt, ["update"], { env, ifItFails });
  await programStep("Installing Debian's chromium", apt, ["install", "-y", "--no-install-recommends", "chromium"], { env, ifItFails });
}

/** @returns {Promise<string>} the absolute file of a Chromium that runs */
export async function prepareChromium() {
  const named = process.env.NABLA_CHROMIUM;
  if (named) {
    const file = running(named);
    if (file === undefined) throw new SetupFailure(`NABLA_CHROMIUM names ${named}, which does not run: unset it, or set it to the program of a Chromium or Chrome.`);
    return file;
  }
  const found = find();
  if (found) return found;
  if (process.platform === "linux" && process.getuid?.() === 0 && findProgram("apt-get")) await installDebianPackage();
  else {
    await programStep("Installing Playwright's Chromium", process.execPath, [path.join(playwright, "cli.js"), "install", "chromium"], {
      env: playwrightEnvironment,
      ifItFails: "Playwright could not install its Chromium: run `sudo apt-get install chromium`, or set NABLA_CHROMIUM to a browser that is here",
    });
  }
  const installed = find();
  if (installed === undefined) throw new SetupFailure("Chromium was installed but does not run: start it by hand to see why, or set NABLA_CHROMIUM to another browser.");
  return installed;
}
