/** Matrices as small coloured pictures behind data addresses. */
import { colourOf } from "./colours.ts";
import type { ColourScale } from "./colours.ts";
import { pngUrl } from "./png.ts";

/**
 * A picture of a matrix, with each value as a square of several pixels where there is room: not every program that shows a
 * chart enlarges a picture without blurring it.
 *
 * @param shownWidth how many pixels wide it will be shown.
 */
export function matrixPicture(cells: readonly (readonly number[])[], scale: ColourScale, shownWidth: number): string {
  const [rows, columns] = [cells.length, cells[0]!.length];
  const enlargement = Math.max(1, Math.ceil(shownWidth / columns));
  const width = columns * enlargement;
  const rgb = new Uint8Array(3 * width * rows * enlargement);
  cells.forEach((line, row) => {
    const firstLine = 3 * width * row * enlargement;
    line.forEach((value, column) => {
      const colour = colourOf(value, scale);
      for (let copy = 0; copy < enlargement; copy++) rgb.set(colour, firstLine + 3 * (column * enlargement + copy));
    });
    for (let copy = 1; copy < enlargement; copy++) {
      rgb.copyWithin(firstLine + 3 * width * copy, firstLine, firstLine + 3 * width);
    }
  });
  return pngUrl(width, rgb);
}
