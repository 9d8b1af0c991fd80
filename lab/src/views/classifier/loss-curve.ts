/** The losses over the steps, as a small chart that is drawn anew with each frame: far lighter than a chart of Vega's. */
import type { ViewHost } from "../../registry.ts";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [268, 108];
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 6, 8, 18];

function part<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** The curve: an element, and how to show losses in it (step, training loss and test loss, one after the other). */
export function lossCurve(host: ViewHost<unknown>): { readonly element: SVGSVGElement; show(curve: readonly (number | null)[]): void } {
  const element = part("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nabla-loss-curve", role: "img" });
  const axis = part("path", { class: "nabla-loss-axis", d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}` });
  const [top, bottom] = [part("text", { x: LEFT - 5, y: TOP + 4, "text-anchor": "end" }), part("text", { x: LEFT - 5, y: HEIGHT - BOTTOM + 3, "text-anchor": "end" }, "0")];
  const [first, last] = [part("text", { x: LEFT, y: HEIGHT - 4 }, "0"), part("text", { x: WIDTH - RIGHT, y: HEIGHT - 4, "text-anchor": "end" })];
  const [test, train] = [part("path", { class: "nabla-loss-test" }), part("path", { class: "nabla-loss-train" })];
  element.append(axis, top, bottom, first, last, test, train);
  return {
    element,
    show(curve) {
      const column = (offset: number): (number | null)[] => curve.filter((_, i) => i % 3 === offset);
      const [steps, trainLosses, testLosses] = [column(0) as number[], column(1), column(2)];
      const finite = [...trainLosses, ...testLosses].filter((loss) => loss !== null);
      const highest = ceiling(finite.reduce((a, b) => Math.max(a, b), 0));
      const end = Math.max(1, steps.at(-1) ?? 1);
      const path = (losses: readonly (number | null)[]): string => {
        let isDrawing = false;
        return losses.map((loss, i) => {
          const command = loss === null ? "" : `${isDrawing ? "L" : "M"}${(LEFT + ((WIDTH - LEFT - RIGHT) * steps[i]!) / end).toFixed(1)} ${(HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * loss) / highest).toFixed(1)}`;
          isDrawing = loss !== null;
          return command;
        }).join("");
      };
      train.setAttribute("d", path(trainLosses));
      test.setAttribute("d", path(testLosses));
      top.textContent = String(highest);
      last.textContent = end.toLocaleString(host.language);
      const said = (loss: number | null | undefined): string => (loss === null || loss === undefined ? "–" : loss.toFixed(3));
      element.setAttribute("aria-label", host.text("classifier.curve", { steps: end, first: said(trainLosses[0]), last: said(trainLosses.at(-1)), test: said(testLosses.at(-1)) }));
    },
  };
}

/** The next number from above that is easy to read: 1, 2 or 5 times a power of ten. */
function ceiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = [1, 1.5, 2, 3, 5, 7, 10].find((each) => each * power >= value) ?? 10;
  return Number((digit * power).toPrecision(3));
}
