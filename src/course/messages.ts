/**
 * Everything that checks, hints and progress say by themselves, in one table; what belongs to one exercise stands with the
 * exercise. A test asks every entry for both languages.
 */
import type { Text } from "./language.ts";

const tries = (count: number): string => (count === 1 ? "1 try" : `${count} tries`);

/** Each message is a function of what it names. */
export const messages = {
  right: (id: string, title: string): Text => ({ en: `✔ **${id} ${title}**: right.`, zh: `✔ **${id} ${title}**：正确。` }),
  notTried: (id: string, title: string): Text => ({
    en: `○ **${id} ${title}**: not tried yet; \`hint("${id}")\` helps.`,
    zh: `○ **${id} ${title}**：还没有做；\`hint("${id}")\` 会给出提示。`,
  }),
  wrong: (id: string, title: string): Text => ({ en: `✘ **${id} ${title}**: not right.`, zh: `✘ **${id} ${title}**：不正确。` }),
  firstDifference: (place: string, yours: string, expected: string): Text => ({
    en: `First difference at ${place}: yours is ${yours}, it should be ${expected}.`,
    zh: `第一处差异在 ${place}：你的结果是 ${yours}，应为 ${expected}。`,
  }),
  otherResult: (yours: string, expected: string): Text => ({
    en: `Your result is ${yours}, it should be ${expected}.`,
    zh: `你的结果是 ${yours}，应为 ${expected}。`,
  }),
  theResult: (): Text => ({ en: "your result", zh: "你的结果" }),
  singleNumber: (): Text => ({ en: "that of a single number", zh: "单个数" }),
  otherShape: (place: string, yours: string, expected: string): Text => ({
    en: `${place}: the shape is ${yours}, it should be ${expected}.`,
    zh: `${place}：形状是 ${yours}，应为 ${expected}。`,
  }),
  otherKind: (place: string, yours: string, expected: string): Text => ({
    en: `${place}: it is ${yours}, it should be ${expected}.`,
    zh: `${place}：得到 ${yours}，应为 ${expected}。`,
  }),
  threw: (error: string): Text => ({ en: `Your function ended with an error: ${error}`, zh: `你的函数报错：${error}` }),
  returnedNothing: (): Text => ({
    en: "Your function returned nothing: is a `return` missing?",
    zh: "你的函数没有返回值：是否漏写了 `return`？",
  }),
  returnedPromise: (): Text => ({
    en: "Your function returned a promise; write it without `async`.",
    zh: "你的函数返回了一个 Promise；请不要使用 `async`。",
  }),
  returnedUnusable: (what: string): Text => ({
    en: `Your function returned \`${what}\`; wanted are numbers, or arrays, tensors or objects of numbers.`,
    zh: `你的函数返回了 \`${what}\`；应返回数，或由数组成的数组、张量或对象。`,
  }),
  givenInputs: (inputs: string): Text => ({ en: `It was called with ${inputs}.`, zh: `调用时的输入：${inputs}。` }),
  notAFunction: (id: string, what: string): Text => ({
    en: `check("${id}") wants your function itself, as in check("${id}", name); it got ${what}.`,
    zh: `check("${id}") 需要函数本身，例如 check("${id}", name)；现在得到的是 ${what}。`,
  }),
  changedInputs: (name: string): Text => ({
    en: `Your function changed its input ${name}; compute a new value instead, the caller still needs the old one.`,
    zh: `你的函数修改了输入 ${name}；请计算一个新的值，调用者还需要原来的值。`,
  }),
  unknownExercise: (id: string, known: string): Text => ({
    en: `There is no exercise ${id}; there are ${known}.`,
    zh: `没有练习 ${id}；现有：${known}。`,
  }),
  hint: (id: string, step: number, text: string): Text => ({ en: `**${id}**, hint ${step} of 3: ${text}`, zh: `**${id}**，提示 ${step}/3：${text}` }),
  unknownHint: (id: string): Text => ({ en: `${id} has the hints 1, 2 and 3.`, zh: `${id} 的提示编号是 1、2、3。` }),
  state: (state: "right" | "wrong" | "untried", count: number, hints: number): Text => {
    const hinted = { en: hints === 0 ? "" : `, ${hints} of 3 hints`, zh: hints === 0 ? "" : `，提示 ${hints}/3` };
    if (state === "untried") return { en: `not tried yet${hinted.en}`, zh: `还没有做${hinted.zh}` };
    const word = { right: { en: "right", zh: "正确" }, wrong: { en: "not right yet", zh: "还不正确" } }[state];
    return { en: `${word.en} (${tries(count)}${hinted.en})`, zh: `${word.zh}（${count} 次${hinted.zh}）` };
  },
  progressHead: (right: number, all: number): Text => ({
    en: `**Exercises of this chapter: ${right} of ${all} right**`,
    zh: `**本章练习：${all} 题中已完成 ${right} 题**`,
  }),
  exercise: (): Text => ({ en: "Exercise", zh: "练习" }),
  standing: (): Text => ({ en: "How it stands", zh: "状态" }),
  newerText: (): Text => ({
    en: "A newer text of this chapter is there. Close it and type `npm exec nabla update` in the checkout: your answers are kept.",
    zh: "本章有新版本。请先关闭本章，然后在项目文件夹中运行 `npm exec nabla update`：你的答案会保留。",
  }),
  unknownSize: (word: string): Text => ({
    en: `NABLA_SIZE is ${word}; it can be quick or book.`,
    zh: `NABLA_SIZE 的值是 ${word}；只能是 quick 或 book。`,
  }),
  figureReached: (where: string): Text =>
    where === "drawn" ? { en: "as claimed for the drawn stand-in", zh: "符合对替代数据的要求" } : { en: "as claimed", zh: "达到要求" },
  figureMissed: (): Text => ({ en: "**missed**", zh: "**未达到**" }),
  figureOpen: (where: string): Text =>
    where === "drawn"
      ? { en: "on a drawn stand-in, for which nothing is claimed", zh: "在替代数据上，不作要求" }
      : { en: "nothing is claimed at this size", zh: "此规模不作要求" },
  claimed: (): Text => ({ en: "claimed", zh: "要求" }),
  lossFalls: (): Text => ({ en: "the loss falls", zh: "损失下降" }),
  nothing: (): Text => ({ en: "nothing", zh: "无" }),
  atLeast: (value: string): Text => ({ en: `at least ${value}`, zh: `不低于 ${value}` }),
  atMost: (value: string): Text => ({ en: `at most ${value}`, zh: `不高于 ${value}` }),
  and: (): Text => ({ en: " and ", zh: " 且 " }),
  median: (): Text => ({ en: "median", zh: "中位数" }),
  rangeOf: (count: string): Text => ({ en: `range of ${count}`, zh: `${count} 次的范围` }),
  seeds: (): Text => ({ en: "seeds", zh: "种子" }),
  seedRange: (first: string, last: string): Text => ({ en: `from ${first} to ${last}`, zh: `${first} 至 ${last}` }),
  bookPrinted: (): Text => ({ en: "the book printed", zh: "书中数值" }),
  lossColumn: (): Text => ({ en: "loss", zh: "损失" }),
  dataColumn: (): Text => ({ en: "data", zh: "数据" }),
  setKind: (kind: string): Text =>
    ({
      drawn: { en: "drawn stand-in", zh: "生成的替代数据" },
      subset: { en: "a subset of the real files", zh: "真实数据的一部分" },
      "by structure": { en: "real, checksum unknown", zh: "真实数据，校验和未知" },
    })[kind] ?? { en: "real files", zh: "真实数据" },
  sizeColumn: (): Text => ({ en: "size", zh: "规模" }),
  size: (size: string): Text => (size === "book" ? { en: "as in the book", zh: "书中规模" } : { en: "quick", zh: "快速" }),
} as const satisfies Record<string, (...values: never[]) => Text>;
