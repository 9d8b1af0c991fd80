/**
 * The variables of the notebook, for libraries that show a value under the name the learner gave it. Cells declare in the
 * scope that all scripts share: the inspector knows its names, a script that is a name alone reads the value. Both work in the
 * middle of a cell.
 */
import type { Runtime, Session } from "node:inspector";
import { runInThisContext } from "node:vm";

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Names and values; what has no value yet, because its line has not been reached, is left out. */
export function declaredVariables(session: Session): Record<string, unknown> {
  let names: readonly string[] = [];
  session.post("Runtime.globalLexicalScopeNames", (_failure: Error | null, result?: Runtime.GlobalLexicalScopeNamesReturnType) => {
    names = result?.names ?? [];
  });
  const variables: Record<string, unknown> = {};
  for (const name of names) {
    if (!NAME.test(name)) continue;
    try {
      variables[name] = runInThisContext(name);
    } catch {
      // Declared by a line that has not run, or that failed.
    }
  }
  return variables;
}
