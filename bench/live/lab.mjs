/**
 * A JupyterLab as a learner gets it, on a free port with files of its own, and a Chromium that opens a notebook in it.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { prepareChromium } from "../../setup/chromium.mjs";
import { SetupFailure } from "../../setup/failure.mjs";
import { paths } from "../../setup/paths.mjs";

/** How long JupyterLab may take to answer. Milliseconds. */
const STARTS_WITHIN = 120_000;

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

const wait = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Starts both and opens a notebook of these cells.
 * @param {readonly string[]} sources
 * @returns {Promise<{page: import("playwright-core").Page, file: string, stop(): Promise<void>}>}
 */
export async function openInLab(sources) {
  const place = mkdtempSync(path.join(tmpdir(), "nabla-bench-live-"));
  const [work, home] = [path.join(place, "work"), path.join(place, "home")];
  for (const folder of [work, home]) mkdirSync(folder, { recursive: true });
  const file = path.join(work, "live.ipynb");
  const cells = sources.map((source, index) => ({ cell_type: "code", id: `cell-${index}`, metadata: {}, execution_count: null, outputs: [], source }));
  const kernelspec = { name: "nabla", display_name: "TypeScript (Nabla)", language: "typescript" };
  writeFileSync(file, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  const port = await freePort();
  const server = spawn(process.execPath, [path.join(paths.root, "setup", "start.mjs"), "--no-browser", "--port", String(port),
    "--ServerApp.port_retries=0", "--ip=127.0.0.1", "--IdentityProvider.token=", "--expose-app-in-browser", "--work", work], {
    env: { ...process.env, HOME: home, NABLA_JUPYTER_FILES: path.join(place, "jupyter") }, stdio: "ignore",
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  /** @type {import("playwright-core").BrowserContext | undefined} */
  let browser;
  const stop = async () => {
    await browser?.close();
    server.kill("SIGTERM");
    await ended;
    rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const url = `http://127.0.0.1:${port}`;
    const deadline = Date.now() + STARTS_WITHIN;
    while (!(await fetch(`${url}/api/status`).then(({ ok }) => ok, () => false))) {
      if (server.exitCode !== null || Date.now() > deadline) throw new SetupFailure("JupyterLab did not start: try `npm start`");
      await wait(100);
    }
    const { chromium } = await import("playwright-core");
    browser = await chromium.launchPersistentContext(path.join(place, "profile"), {
      executablePath: await prepareChromium(), headless: true, viewport: { width: 1280, height: 1100 },
      env: /** @type {Record<string, string>} */ ({ ...process.env, HOME: home }),
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
    const page = await browser.newPage();
    await page.goto(`${url}/lab/tree/live.ipynb?reset`);
    await page.waitForFunction(() => {
      const lab = /** @type {any} */ (globalThis).jupyterapp;
      return lab?.shell.currentWidget?.context?.isReady && lab.shell.currentWidget.sessionContext.session?.kernel?.status === "idle";
    }, undefined, { timeout: STARTS_WITHIN });
    return { page, file, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
