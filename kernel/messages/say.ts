/** A message of the table in the language of the person at the notebook. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { MESSAGES } from "./table.ts";
import type { Language, MessageKey } from "./table.ts";

/**
 * The language: `NABLA_LANG`, else the one that JupyterLab has been set to, else English. A tag such as `zh_CN` counts by
 * its first part.
 */
export function chooseLanguage(environment: Readonly<Record<string, string | undefined>>): Language {
  const tag = environment["NABLA_LANG"] || localeOfJupyterLab(environment) || "en";
  return /^zh\b|^zh_/i.test(tag) ? "zh" : "en";
}

/** What JupyterLab's menu for its language has stored. Its settings may have comments, so that they are no JSON. */
function localeOfJupyterLab(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const settings = environment["JUPYTERLAB_SETTINGS_DIR"] ?? join(environment["JUPYTER_CONFIG_DIR"] ?? join(homedir(), ".jupyter"), "lab", "user-settings");
  try {
    const text = readFileSync(join(settings, "@jupyterlab", "translation-extension", "plugin.jupyterlab-settings"), "utf8");
    return /"locale"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

let chosen: Language | undefined;

/** The language of this process. */
export function language(): Language {
  return (chosen ??= chooseLanguage(process.env));
}

/** Puts values into the places of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));
}

/** A message, with its values put in. */
export function say(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(MESSAGES[key][language()], values);
}
