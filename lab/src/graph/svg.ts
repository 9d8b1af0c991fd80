/** Drawing with SVG by hand: elements, and the smooth lines with heads that join boxes. */
import type { Point } from "../../../src/view/states/network.ts";

const NAMESPACE = "http://www.w3.org/2000/svg";

/** An SVG element with attributes and children. */
export function svg<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Readonly<Record<string, string | number>> = {}, ...children: readonly (Node | string)[]): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** An HTML element with a class, and children. */
export function html<Name extends keyof HTMLElementTagNameMap>(name: Name, className = "", ...children: readonly (Node | string)[]): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className !== "") element.className = className;
  element.append(...children);
  return element;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/**
 * A smooth path by way of points: a uniform cubic B-spline that begins and ends in its first and last point, as Vega draws
 * `interpolate: "basis"` in the saved picture.
 */
export function curve(points: readonly Point[]): string {
  const [first, last] = [points[0]!, points.at(-1)!];
  if (points.length < 3) return `M${first}L${last}`;
  const parts = [`M${first}`];
  const padded: readonly Point[] = [first, ...points, last];
  for (let i = 1; i + 2 < padded.length; i++) {
    const [a, b, c] = [padded[i]!, padded[i + 1]!, padded[i + 2]!];
    if (i === 1) parts.push(`L${[0, 1].map((d) => round((5 * a[d]! + b[d]!) / 6))}`);
    const at = (x: number, y: number, z: number): string => [0, 1].map((d) => round((x * a[d]! + y * b[d]! + z * c[d]!) / (x + y + z))).join();
    parts.push(`C${at(2, 1, 0)} ${at(1, 2, 0)} ${at(1, 4, 1)}`);
  }
  parts.push(`L${last}`);
  return parts.join("");
}

/** A triangle whose tip is at one end of a line and that points the way the line goes there. */
export function arrowHead(points: readonly Point[], end: "last" | "first" = "last"): string {
  const [before, tip] = end === "last" ? [points.at(-2)!, points.at(-1)!] : [points[1]!, points[0]!];
  const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1;
  const [dx, dy] = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
  const [baseX, baseY] = [tip[0] - dx * 8, tip[1] - dy * 8];
  return `M${round(tip[0])},${round(tip[1])}L${round(baseX - dy * 4)},${round(baseY + dx * 4)}L${round(baseX + dy * 4)},${round(baseY - dx * 4)}Z`;
}
