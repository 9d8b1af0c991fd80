/** Matrices and painted surfaces as small coloured pictures behind data addresses. */
import { colourOf, MISSING_COLOUR, rgbOf } from "./colours.ts";
import type { ColourScale, Rgb } from "./colours.ts";
import { pngUrl } from "./png.ts";

/** A picture of which a function gives the colour of each pixel, from the top left; undefined is what is missing. */
export function paintedPicture(width: number, height: number, colourAt: (column: number, row: number) => Rgb | undefined): string {
  const rgb = new Uint8Array(3 * width * height);
  const missing = rgbOf(MISSING_COLOUR);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) rgb.set(colourAt(column, row) ?? missing, 3 * (row * width + column));
  }
  return pngUrl(width, rgb);
}

/** A picture of a matrix in the colours of a scale. */
export function matrixPicture(cells: readonly (readonly number[])[], scale: ColourScale, shownWidth: number): string {
  return enlarged(cells.length, cells[0]!.length, shownWidth, (column, row) => colourOf(cells[row]![column]!, scale));
}

/**
 * A picture with each of its points as a square of several pixels where there is room: not every program that shows a
 * chart enlarges a picture without blurring it.
 *
 * @param shownWidth how many pixels wide it will be shown.
 */
export function enlarged(rows: number, columns: number, shownWidth: number, colourAt: (column: number, row: number) => Rgb): string {
  const enlargement = Math.max(1, Math.ceil(shownWidth / columns));
  const width = columns * enlargement;
  const rgb = new Uint8Array(3 * width * rows * enlargement);
  for (let row = 0; row < rows; row++) {
    const firstLine = 3 * width * row * enlargement;
    for (let column = 0; column < columns; column++) {
      const colour = colourAt(column, row);
      for (let copy = 0; copy < enlargement; copy++) rgb.set(colour, firstLine + 3 * (column * enlargement + copy));
    }
    for (let copy = 1; copy < enlargement; copy++) {
      rgb.copyWithin(firstLine + 3 * width * copy, firstLine, firstLine + 3 * width);
    }
  }
  return pngUrl(width, rgb);
}
