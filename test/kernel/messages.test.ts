/** What the kernel says: every message in every language, and the language that the person at the notebook has chosen. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseLanguage, fill } from "../../kernel/messages/say.ts";
import { LANGUAGES, MESSAGES } from "../../kernel/messages/table.ts";
import { Frontend } from "./frontend.ts";

const KERNEL = fileURLToPath(new URL("../../kernel", import.meta.url));

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The kernel's sources but for the table. */
function sources(): string {
  const files = readdirSync(KERNEL, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts") && !name.endsWith("table.ts"));
  return files.map((name) => readFileSync(join(KERNEL, name), "utf8")).join("\n");
}

/** What a table lacks: a language, a place for a value, or anybody who says it. */
function gapsOf(table: Table, code: string): string[] {
  const places = (text: string): string => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort().join();
  const gaps: string[] = [];
  for (const [key, texts] of Object.entries(table)) {
    for (const language of LANGUAGES) {
      const text = texts[language];
      if (text === undefined || text.trim() === "") gaps.push(`${key} is missing in ${language}`);
      else if (places(text) !== places(texts["en"]!)) gaps.push(`${key} has other places in ${language}`);
    }
    if (/\p{Script=Han}/u.test(texts["zh"] ?? "") === false && /[a-z]{4}/i.test((texts["en"] ?? "").replace(/\{\w+\}/g, ""))) gaps.push(`${key} is not translated`);
    if (!code.includes(`"${key}"`)) gaps.push(`nothing says ${key}`);
  }
  return gaps;
}

describe("the table", () => {
  test("has every message in every language, and none that nobody says", () => {
    expect(gapsOf(MESSAGES, sources())).toEqual([]);
  });

  test.each<[string, Table, string]>([
    ["a missing language", { a: { en: "x" } }, "a is missing in zh"],
    ["an empty text", { a: { en: "x", zh: " " } }, "a is missing in zh"],
    ["a lost value", { a: { en: "line {line}", zh: "行" } }, "a has other places in zh"],
    ["English twice", { a: { en: "an error", zh: "an error" } }, "a is not translated"],
    ["what nobody says", { nobody: { en: "x", zh: "字" } }, "nothing says nobody"],
  ])("is caught with %s", (_, table, gap) => {
    expect(gapsOf(table, 'say("a")')).toContain(gap);
  });

  test("is where the words of errors come from", () => {
    // An error's class, or the transform's refusal, with its words beside it.
    const besides = sources().match(/(?:\bsuper|\bfail)\(\s*["'`][^"'`$]*\s[^"'`$]*["'`]/g) ?? [];
    expect(besides).toEqual([]);
  });
});

test("values are put into their places, and a place without a value stays", () => {
  expect(fill("Cell [{count}], {other} {count}", { count: 5 })).toBe("Cell [5], {other} 5");
});

describe("the language", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nabla-settings-"));
    mkdirSync(join(folder, "@jupyterlab", "translation-extension"), { recursive: true });
    writeFileSync(join(folder, "@jupyterlab", "translation-extension", "plugin.jupyterlab-settings"), '{\n    // Language locale\n    "locale": "zh_CN"\n}');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ["zh", "zh"], ["zh-CN", "zh"], ["zh_TW.UTF-8", "zh"], ["en", "en"], ["de", "en"], ["zhuang", "en"],
  ])("is, for NABLA_LANG=%s, %s", (tag, expected) => {
    expect(chooseLanguage({ NABLA_LANG: tag, JUPYTERLAB_SETTINGS_DIR: "/nowhere" })).toBe(expected);
  });

  test("is JupyterLab's where the environment does not say, and English otherwise", () => {
    expect(chooseLanguage({ JUPYTERLAB_SETTINGS_DIR: folder })).toBe("zh");
    expect(chooseLanguage({ JUPYTERLAB_SETTINGS_DIR: folder, NABLA_LANG: "en" })).toBe("en");
    expect(chooseLanguage({ JUPYTERLAB_SETTINGS_DIR: "/nowhere" })).toBe("en");
    expect(chooseLanguage({ JUPYTER_CONFIG_DIR: "/nowhere" })).toBe("en");
  });

  test("is spoken by both processes and by TypeScript", async () => {
    const frontend = await Frontend.start({ env: { NABLA_LANG: "zh" } });
    try {
      const { reply } = await frontend.execute("function f() { return nirgends }\nf()");
      const text = reply["traceback"].join("\n");
      expect(text).toContain("单元格 [1]，第 1 行");
      expect(text).toContain("，在 f 中");
      const cell = await frontend.run("const n: number = 'x'");
      const { content } = await frontend.until(({ type, parent }) => type === "display_data" && parent === cell.id);
      expect(content["data"]["text/plain"]).toMatch(/单元格 \[2\].*不能将类型/);
    } finally {
      await frontend.stop();
    }
  });
});
