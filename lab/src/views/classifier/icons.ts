/** The signs on the buttons of a player, drawn, because not every machine has letters for them. */
const SVG = "http://www.w3.org/2000/svg";

/** Each in a square of 16. */
const shapes = {
  play: "M3 1.5v13l11-6.5z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  step: "M2 2v12l8-6zM11 2h3v12h-3z",
  restart: "M8 2.5V0L4 3.5 8 7V4.5a4 4 0 1 1-4 4H2a6 6 0 1 0 6-6z",
} as const;

/** A sign; the button has its words beside it. */
export function icon(name: keyof typeof shapes): SVGSVGElement {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("viewBox", "0 0 16 16");
  element.setAttribute("class", "nabla-icon");
  element.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", shapes[name]);
  element.append(path);
  return element;
}
