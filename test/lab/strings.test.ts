/** The texts of the page's side: every one in both languages, with the same things to fill in. */
import { expect, it } from "vitest";
import { en } from "../../lab/src/strings/en.ts";
import { languageOf, textsIn } from "../../lab/src/strings/index.ts";
import { zh } from "../../lab/src/strings/zh.ts";

const slots = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

it("every text is there in English and Chinese", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  const same = Object.entries(en).filter(([key, text]) => text.trim() === "" || zh[key as keyof typeof en].trim() === "").map(([key]) => key);
  expect(same).toEqual([]);
});
it("both languages fill in the same things", () => {
  for (const [key, text] of Object.entries(en)) expect([key, slots(zh[key as keyof typeof en])]).toEqual([key, slots(text)]);
});
it("beside Chinese letters and what is filled in stand Chinese marks, of full width", () => {
  const narrow = Object.entries(zh).filter(([, text]) => /[\u4e00-\u9fff}][,;:?!()]|[,;:?!()][\u4e00-\u9fff{]/.test(text));
  expect(narrow).toEqual([]);
});
it("JupyterLab's codes choose the language", () => {
  expect(["zh_CN", "zh-TW", "zh", "en", "default", "fr_FR", "zha"].map(languageOf)).toEqual(["zh", "zh", "zh", "en", "en", "en", "en"]);
});
it("a text is filled in, and what nobody gives stays to be seen", () => {
  expect(textsIn("en")("view.unknown", { kind: "cube" })).toContain("“cube”");
  expect(textsIn("zh")("view.unknown")).toContain("{kind}");
});
