/**
 * Keys in a view are the view's. In command mode JupyterLab takes the arrow keys of whatever has the focus in a notebook, text
 * fields left out, before the page's own elements hear of them: a slider in an output would go to the next cell instead of
 * moving. An element with the attribute below is left alone (Lumino's CommandRegistry; it must be the focused element itself,
 * for a shortcut's selector may match that before anything around it is asked). Shortcuts with Ctrl or Alt stay JupyterLab's,
 * so that Ctrl+S saves wherever the focus is, and so does Shift+Enter.
 */
const LEFT_ALONE = "data-lm-suppress-shortcuts";
/** On an element of a view that takes Ctrl+Z itself. */
export const OWN_UNDO = "data-nabla-undo";

/** Whether a key is for the element of a view that has the focus. */
export function isForView(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">, takesUndo: boolean): boolean {
  if (event.ctrlKey || event.metaKey) return takesUndo && event.key.toLowerCase() === "z";
  return !event.altKey && !(event.shiftKey && event.key === "Enter");
}

/** Heard on the window, which is before JupyterLab hears it on the document. */
export function keepKeysForViews(): void {
  window.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(".nabla-view")) target.toggleAttribute(LEFT_ALONE, isForView(event, target.hasAttribute(OWN_UNDO)));
  }, true);
}
