/** The error of a cell that was stopped before it ran. */
import type { ErrorContent } from "../channel/records.ts";
import { say } from "../messages/say.ts";

export function interrupted(): ErrorContent {
  const evalue = say("interrupted");
  return { ename: "KeyboardInterrupt", evalue, traceback: [`KeyboardInterrupt: ${evalue}`] };
}
