/** Painting the plane: maps of levels as coloured ground, and points on it. Blue is class 0, orange class 1, in both themes. */
import type { PlaneBounds } from "../../../../src/view/states/classifier.ts";

export type Theme = "light" | "dark";
type Rgb = readonly [number, number, number];

/** The first two colours of the library's charts (M. Okabe and K. Ito, 2008): apart also for colour-blind eyes. */
const BLUE: Rgb = [0, 114, 178];
const ORANGE: Rgb = [213, 94, 0];
/** Between the two: the page's ground. */
const MIDDLE: Readonly<Record<Theme, Rgb>> = { light: [250, 250, 250], dark: [34, 34, 34] };
/** Points must stand out from their own ground, so that the ground has less of the colour. */
const STRENGTH = 0.72;

export const css = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;
export const classColour = (label: number): string => css(label === 1 ? ORANGE : BLUE);

/** The colour of a level from 0, blue, to 255, orange. */
function levelColour(level: number, theme: Theme, strength: number): Rgb {
  const towards = (Math.abs(level - 127.5) / 127.5) * strength;
  const [end, middle] = [level < 127.5 ? BLUE : ORANGE, MIDDLE[theme]];
  const mix = (channel: 0 | 1 | 2): number => Math.round(middle[channel] + (end[channel] - middle[channel]) * towards);
  return [mix(0), mix(1), mix(2)];
}

/** Levels out of base64. */
export function levelsOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** Paints a square of levels over a whole canvas, one pixel a level; CSS enlarges it. */
export function paintLevels(canvas: HTMLCanvasElement, levels: Uint8Array, theme: Theme, strength = 1): void {
  const side = Math.sqrt(levels.length);
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(side, side);
  levels.forEach((level, i) => {
    const [red, green, blue] = levelColour(level, theme, strength);
    image.data.set([red, green, blue, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}

/** The ground under points. */
export function paintGround(canvas: HTMLCanvasElement, levels: Uint8Array, theme: Theme): void {
  paintLevels(canvas, levels, theme, STRENGTH);
}

/** Paints points; those to test on are rings. */
export function paintPoints(canvas: HTMLCanvasElement, points: { readonly train: readonly number[]; readonly test: readonly number[] }, [x0, x1, y0, y1]: PlaneBounds, theme: Theme): void {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth, clientHeight } = canvas;
  [canvas.width, canvas.height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  const each = (list: readonly number[], draw: (x: number, y: number, label: number) => void): void => {
    for (let i = 0; i < list.length; i += 3) {
      draw(((list[i]! - x0) / (x1 - x0)) * clientWidth, ((y1 - list[i + 1]!) / (y1 - y0)) * clientHeight, list[i + 2]!);
    }
  };
  each(points.test, (x, y, label) => {
    context.beginPath();
    context.arc(x, y, 3, 0, 2 * Math.PI);
    context.lineWidth = 1.6;
    context.strokeStyle = classColour(label);
    context.stroke();
  });
  each(points.train, (x, y, label) => {
    context.beginPath();
    context.arc(x, y, 3.4, 0, 2 * Math.PI);
    context.fillStyle = classColour(label);
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = theme === "light" ? "#ffffff" : "#eeeeee";
    context.stroke();
  });
}
