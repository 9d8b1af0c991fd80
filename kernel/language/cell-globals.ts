/** The names that every cell finds besides Node's, as a declaration file of the language service. */
import { fileURLToPath } from "node:url";

const child = (file: string): string => JSON.stringify(fileURLToPath(new URL(`../child/${file}`, import.meta.url)));

/** The text of the file. Types are those of what the child really installs. */
export const CELL_GLOBALS = `
type DisplayOptions = Parameters<import(${child("displays.js")}).Displays["display"]>[1];
type DisplayHandle = ReturnType<import(${child("displays.js")}).Displays["display"]>;
type ClearOptions = Parameters<import(${child("displays.js")}).Displays["clearOutput"]>[0];
type PromptOptions = Parameters<import(${child("stdin.js")}).Stdin["prompt"]>[1];
export {};
declare global {
  /**
   * Shows a value in the middle of a cell.
   * @param options \`id\` names the display, so that a later one with the same name takes its place.
   * @returns A handle whose \`update\` shows another value in the same place.
   */
  function display(value: unknown, options?: DisplayOptions): DisplayHandle;
  /**
   * Clears the output of the cell.
   * @param options \`wait: true\` clears when the next output comes, so that the page does not jump.
   */
  function clearOutput(options?: ClearOptions): void;
  /**
   * Asks the person in front of the notebook for a line of text, and waits for it.
   * @param options \`password: true\` hides what is typed.
   */
  function prompt(message?: unknown, options?: PromptOptions): string;
  /** Asks a question that is answered with y or n. */
  function confirm(message?: unknown): boolean;
}
`;
