/** JupyterLab's theme, light or dark, and whether things may move. */
import type { Dispose } from "./registry.ts";

/** JupyterLab writes its theme on the body, whichever theme it is. */
export function currentTheme(): "light" | "dark" {
  return document.body.dataset["jpThemeLight"] === "false" ? "dark" : "light";
}

/**
 * Calls back when the theme has changed from light to dark or back. JupyterLab hides everything for a frame while it changes
 * its theme, to have Chrome draw anew: a chart that looked for its width then would find none. So the call comes two frames later.
 */
export function onThemeChange(listener: (theme: "light" | "dark") => void): Dispose {
  let last = currentTheme();
  let frame = 0;
  const tell = (): void => {
    const now = currentTheme();
    if (now === last) return;
    last = now;
    listener(now);
  };
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(tell);
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}

/** Whether the person has asked for less motion. */
export function prefersReducedMotion(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
