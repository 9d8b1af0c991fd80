/** Which keys a view keeps for itself. */
import { expect, it } from "vitest";
import { isForJupyterLab } from "../../lab/src/keyboard.ts";

const pressed = (key: string, ...held: ("ctrlKey" | "metaKey" | "altKey" | "shiftKey")[]) =>
  isForJupyterLab({ key, ctrlKey: held.includes("ctrlKey"), metaKey: held.includes("metaKey"), altKey: held.includes("altKey"), shiftKey: held.includes("shiftKey") });

it("JupyterLab keeps its chords and Escape, the view everything else", () => {
  expect([pressed("s", "ctrlKey"), pressed("s", "metaKey"), pressed("Enter", "altKey"), pressed("Enter", "shiftKey"), pressed("Escape")]).toEqual([true, true, true, true, true]);
  expect([pressed("Enter"), pressed("a"), pressed("ArrowDown"), pressed("ArrowLeft", "shiftKey"), pressed(" "), pressed("Tab", "shiftKey")]).toEqual([false, false, false, false, false, false]);
});

it("Control-Z is the view's where the element takes it itself", () => {
  const undo = { key: "z", ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };
  expect([isForJupyterLab(undo), isForJupyterLab(undo, true), isForJupyterLab({ ...undo, key: "s" }, true)]).toEqual([true, false, true]);
});
