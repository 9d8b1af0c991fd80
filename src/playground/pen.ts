/**
 * The pen: turns lines into ink. Lines are kept as points, not as pixels, so that the last one can be taken back, a saved
 * notebook stays small, and the picture is the same whatever screen it was drawn on.
 */
import type { Ink } from "./centring.ts";

/**
 * Draws the line through some points with a round pen; where it crosses other ink, the darker one stays.
 * @param sheet square; changed in place.
 * @param points x and y of each, one after the other, from 0 to 1 across the sheet.
 * @param penWidth as a part of the sheet.
 */
export function drawLine(sheet: Ink, points: readonly number[], penWidth: number): void {
  const side = sheet.width;
  const radius = (penWidth * side) / 2;
  const at = (i: number): readonly [number, number] => [points[2 * i]! * side, points[2 * i + 1]! * side];
  const count = points.length >> 1;
  // A single point is a dot.
  for (let i = 0; i < Math.max(1, count - 1); i++) drawSegment(sheet, at(i), at(Math.min(i + 1, count - 1)), radius);
}

function drawSegment({ width, height, levels }: Ink, [x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number], radius: number): void {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const reach = radius + 1;
  const [left, right] = [Math.max(0, Math.floor(Math.min(x1, x2) - reach)), Math.min(width - 1, Math.ceil(Math.max(x1, x2) + reach))];
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(y1, y2) - reach)), Math.min(height - 1, Math.ceil(Math.max(y1, y2) + reach))];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [column + 0.5 - x1, row + 0.5 - y1];
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / length));
      const distance = Math.hypot(x - along * dx, y - along * dy);
      // The edge of the ink goes through a pixel: about this part of it is covered.
      const cover = Math.min(1, Math.max(0, radius - distance + 0.5));
      const place = row * width + column;
      if (cover > levels[place]!) levels[place] = cover;
    }
  }
}
