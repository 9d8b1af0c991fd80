/** What the parent asks its language worker, and what comes back. */
import type { Completeness } from "./completeness.ts";

export type LanguageQuestion = { readonly kind: "ping" } | { readonly kind: "completeness"; readonly source: string };

/** The type of the answer to each kind of question. */
export interface LanguageAnswers {
  readonly ping: "pong";
  readonly completeness: Completeness;
}

export interface LanguageAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: string;
}
