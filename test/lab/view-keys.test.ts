/** Which keys a view keeps for itself, and which stay JupyterLab's. */
import { expect, it } from "vitest";
import { isForView } from "../../lab/src/view-keys.ts";

const key = (name: string, held: { ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean; shiftKey?: boolean } = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

it("arrows, letters and what works a control are the view's", () => {
  for (const name of ["ArrowLeft", "ArrowUp", "Home", " ", "Enter", "Delete", "d"]) expect(isForView(key(name), false)).toBe(true);
});
it("saving, running and menus stay JupyterLab's", () => {
  expect([key("s", { ctrlKey: true }), key("s", { metaKey: true }), key("Enter", { shiftKey: true }), key("f", { altKey: true }), key("z", { ctrlKey: true })].map((each) => isForView(each, false))).toEqual([false, false, false, false, false]);
});
it("Ctrl+Z is a pad's own where it can take a step back", () => {
  expect([isForView(key("z", { ctrlKey: true }), true), isForView(key("Z", { metaKey: true }), true), isForView(key("s", { ctrlKey: true }), true)]).toEqual([true, true, false]);
});
