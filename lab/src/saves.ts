/**
 * The saves of one document, one after another. A save of JupyterLab's begins with a look whether the file is still the one
 * that it knows; one that begins while another is on its way finds what that has written, takes it for a stranger's, and asks
 * the person whether to overwrite it. JupyterLab's Save command keeps itself from that, but knows nothing of its autosave, nor
 * of the saves of an extension.
 */
import type { DocumentContext } from "./jupyterlab-types.ts";

const ordered = new WeakSet<object>();

/** Has every save of the document wait for the one before it, whoever asks for it. Those that wait together become one. */
export function saveInTurn(context: Pick<DocumentContext, "save">): void {
  if (ordered.has(context)) return;
  ordered.add(context);
  const save = context.save.bind(context);
  let going: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    return save();
  };
  context.save = () => {
    if (next !== undefined) return next;
    next = going.then(begin);
    going = next.catch(() => undefined);
    return next;
  };
}
