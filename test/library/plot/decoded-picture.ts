/** Reads a picture behind a data address with a decoder that is not ours. */
import { Resvg } from "@resvg/resvg-js";

const SIDE = 200;

/** The colour at a place of the picture, both from 0 to 1 and y from the top, as `#rrggbb`. */
export function decoded(url: string): (x: number, y: number) => string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}"><image width="${SIDE}" height="${SIDE}" preserveAspectRatio="none" style="image-rendering: optimizeSpeed" href="${url}"/></svg>`;
  const { pixels } = new Resvg(svg).render();
  return (x, y) => {
    const first = 4 * (Math.floor(y * SIDE) * SIDE + Math.floor(x * SIDE));
    return `#${pixels.subarray(first, first + 3).toString("hex")}`;
  };
}
