/** What the parent asks its language worker, and what comes back. */
import type { RunCell } from "./cells.ts";
import type { Completeness } from "./completeness.ts";
import type { CheckedCell, CompletedPlace, InspectedPlace } from "./service.ts";

export type LanguageQuestion =
  | { readonly kind: "ping" }
  /** Loads TypeScript, its library and the types that the notebook uses. */
  | { readonly kind: "warm" }
  | { readonly kind: "completeness"; readonly source: string }
  /** The cursor is in code points. */
  | { readonly kind: "complete"; readonly source: string; readonly cursor: number }
  | { readonly kind: "inspect"; readonly source: string; readonly cursor: number; readonly detail: 0 | 1 }
  /** Cells were sent to run. Those in `toCheck`, by their address, are kept until they have been checked. */
  | { readonly kind: "add"; readonly cells: readonly RunCell[]; readonly toCheck: readonly string[] }
  /** Forgets the cells that nothing refers to any more; the answer names them. */
  | { readonly kind: "collect" }
  /** The problems of a cell that was added. */
  | { readonly kind: "check"; readonly url: string }
  /** In place of a check that came too late to be of use. */
  | { readonly kind: "give-up"; readonly url: string }
  /** The problems of a cell that is not to run if it has any. */
  | { readonly kind: "judge"; readonly cell: RunCell }
  /** The process that held what the cells had made is gone. */
  | { readonly kind: "forget" };

/** The type of the answer to each kind of question. */
export interface LanguageAnswers {
  readonly ping: "pong";
  readonly warm: undefined;
  readonly completeness: Completeness;
  readonly complete: CompletedPlace;
  readonly inspect: InspectedPlace | undefined;
  readonly add: undefined;
  readonly collect: readonly string[];
  readonly check: CheckedCell;
  readonly "give-up": CheckedCell;
  readonly judge: CheckedCell;
  readonly forget: undefined;
}

export interface LanguageAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: string;
}
