/** Pieces of the page: an element with its class and text, a map cut out of a sheet, a table of coloured numbers. */
import type { FeatureColours, MapSheet } from "../../../../src/view/states/features.ts";
import { cssOf, isDark, painter, readable, short } from "./colours.ts";

export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, text = ""): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

/** How large a map of this size is drawn, its longer side as wanted. */
export function sizeOf([rows, columns]: readonly [number, number], longest: number): readonly [width: number, height: number] {
  const scale = longest / Math.max(rows, columns);
  // A row of a sequence would be too thin to see.
  return [Math.max(10, Math.round(columns * scale)), Math.max(10, Math.round(rows * scale))];
}

/** Shows one map of a sheet as the background of an element. */
export function showMap(element: HTMLElement, sheet: MapSheet, map: number, longest: number): void {
  const [width, height] = sizeOf(sheet.size, longest);
  const down = Math.ceil(sheet.count / sheet.across);
  Object.assign(element.style, {
    width: `${width}px`,
    height: `${height}px`,
    backgroundImage: `url(${sheet.url})`,
    backgroundSize: `${width * sheet.across}px ${height * down}px`,
    backgroundPosition: `${-width * (map % sheet.across)}px ${-height * Math.floor(map / sheet.across)}px`,
  });
}

/** A scale of colours with the numbers at its ends. */
export function legend({ stops, domain: [low, high] }: FeatureColours): HTMLElement {
  const whole = make("div", "nabla-features-legend");
  const bar = make("span", "nabla-features-ramp");
  bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  bar.setAttribute("aria-hidden", "true");
  whole.append(make("span", "", readable(low)), bar, make("span", "", readable(high)));
  return whole;
}

/** Marks a cell. */
export type MarkCell = (cell: HTMLTableCellElement, row: number, column: number) => void;

/** Numbers as a table of coloured cells; `outside` is written where there is none. */
export function table(
  caption: string,
  lines: readonly (readonly (number | null)[])[],
  colours: FeatureColours,
  outside: string,
  mark: MarkCell = () => undefined,
): HTMLTableElement {
  const paint = painter(colours);
  const reach = Math.max(0, ...lines.flat().map((value) => Math.abs(value ?? 0)));
  const element = make("table", "nabla-features-numbers");
  const body = make("tbody", "");
  lines.forEach((line, row) => {
    const tr = make("tr", "");
    line.forEach((value, column) => {
      const td = make("td", value === null ? "nabla-features-outside" : "", value === null ? outside : short(value, reach));
      if (value !== null) {
        const colour = paint(value);
        td.style.background = cssOf(colour);
        td.style.color = isDark(colour) ? "#fff" : "#000";
        td.dataset["value"] = String(value);
        td.title = readable(value);
      }
      mark(td, row, column);
      tr.append(td);
    });
    body.append(tr);
  });
  element.append(make("caption", "", caption), body);
  return element;
}
