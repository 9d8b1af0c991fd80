/** JupyterLab's theme, light or dark, and whether things may move. */
import type { Dispose } from "./registry.ts";

/** JupyterLab writes its theme on the body, whichever theme it is. */
export function currentTheme(): "light" | "dark" {
  return document.body.dataset["jpThemeLight"] === "false" ? "dark" : "light";
}

/** Calls back when the theme changes from light to dark or back. */
export function onThemeChange(listener: (theme: "light" | "dark") => void): Dispose {
  let last = currentTheme();
  const observer = new MutationObserver(() => {
    const now = currentTheme();
    if (now === last) return;
    last = now;
    listener(now);
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  return () => observer.disconnect();
}

/** Whether the person has asked for less motion. */
export function prefersReducedMotion(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
