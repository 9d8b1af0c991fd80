/**
 * Keys pressed inside a view belong to the view: JupyterLab looks at every key before the page does and would take Enter, the
 * arrows and single letters for commands on cells (B inserts one). Lumino leaves keys alone at an element that is marked so; the mark is
 * set and taken away key by key, so that JupyterLab's own chords (Control-S, Shift-Enter) and Escape still work there.
 */
const MARK = "data-lm-suppress-shortcuts";
/** On an element of a view that takes Control-Z itself. */
export const OWN_UNDO = "data-nabla-undo";

/** Whether a key is meant for JupyterLab wherever it is pressed. @param takesUndo whether the element takes Control-Z itself */
export function isForJupyterLab({ key, ctrlKey, metaKey, altKey, shiftKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">, takesUndo = false): boolean {
  if (takesUndo && (ctrlKey || metaKey) && key.toLowerCase() === "z") return false;
  return ctrlKey || metaKey || altKey || key === "Escape" || (key === "Enter" && shiftKey);
}

/** Starts to look at keys, before JupyterLab's listener on the document does. */
export function keepKeysInViews(): void {
  window.addEventListener("keydown", (event) => {
    const { target } = event;
    // The element with the focus itself: JupyterLab's commands ask for that one, and its ancestors are not looked at any more.
    if (target instanceof Element && target.closest(".nabla-view") !== null) target.toggleAttribute(MARK, !isForJupyterLab(event, target.hasAttribute(OWN_UNDO)));
  }, { capture: true });
}
