/** A headless Chromium with a profile of its own, which leaves nothing behind and asks nothing of the network. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { chromium } from "playwright-core";
import { prepareChromium } from "../../setup/chromium.mjs";

export interface Browser {
  /** A new page; what the page throws is collected in `pageErrors`. */
  openPage(): Promise<Page>;
  readonly pageErrors: string[];
  close(): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const profile = mkdtempSync(path.join(tmpdir(), "nabla-chromium-"));
  const context = await chromium.launchPersistentContext(path.join(profile, "profile"), {
    executablePath: await prepareChromium(),
    headless: true,
    viewport: { width: 1280, height: 900 },
    env: { ...process.env, HOME: profile } as Record<string, string>,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const pageErrors: string[] = [];
  return {
    pageErrors,
    openPage: async () => {
      const page = await context.newPage();
      page.on("pageerror", ({ message }) => pageErrors.push(message));
      return page;
    },
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
