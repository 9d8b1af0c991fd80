/**
 * The line of the caller's own code that led into the library, read from a stack trace.
 */
import { packageRoot } from "./native.ts";

const library = [`${packageRoot()}/src/`, `${packageRoot()}/dist/src/`];

/** "at file:line:column" of the innermost frame outside the library's own sources. */
export function callerOutsideLibrary(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  Error.stackTraceLimit = limit;
  const outside = frames.find((line) => !library.some((folder) => line.includes(folder)));
  return (outside ?? "at an unknown place").trim();
}
