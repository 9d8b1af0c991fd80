/**
 * The language in which exercises speak: English, or Chinese where `NABLA_LANG` (or the kernel, which sets it from
 * JupyterLab's language) says so. The Chinese terms are those of the books that the course follows.
 */

/** A text in every language of the course. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

export type Language = keyof Text;

/** The learner's language now. */
export function language(): Language {
  return /^zh\b|^zh[-_]/i.test(process.env["NABLA_LANG"] ?? "") ? "zh" : "en";
}

/** A text in the learner's language. */
export const say = (text: Text): string => text[language()];
