/**
 * The texts of the page's side by key, in the language that JupyterLab is set to. JupyterLab finds catalogues of translations
 * only through Python packages, and the extension is none, so it brings its own.
 */
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export type StringKey = keyof typeof en;
export type Language = "en" | "zh";
export type Say = (key: StringKey, values?: Readonly<Record<string, string | number>>) => string;

/** Whether there is a text for a key that was put together from a name. */
export function isStringKey(key: string): key is StringKey {
  return key in en;
}

/** The language for a code such as `zh_CN`, `zh-TW` or `en`; English for every other one. */
export function languageOf(code: string): Language {
  return /^zh([_-]|$)/i.test(code) ? "zh" : "en";
}

/** Fills a language's texts. */
export function textsIn(language: Language): Say {
  const table: Readonly<Record<StringKey, string>> = language === "zh" ? zh : en;
  return (key, values = {}) => table[key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
