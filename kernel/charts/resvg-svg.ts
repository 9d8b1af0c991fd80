/**
 * Vega's SVG as resvg 2.6 can draw it.
 *
 * resvg draws what is half-transparent or cut off as a whole into a layer as large as its part of the picture, and ends the
 * process when that part is empty, because everything in the layer lies outside of the picture (an `unwrap` of `None` in its
 * geom.rs): a point far beyond a shortened axis is enough. Here no layer is left that could be empty.
 */

/** Unseen, at the upper left of the plot: a layer with it in it has a part in the picture. */
const ANCHOR = '<path d="M0,0h1v1h-1z" fill="#fff" fill-opacity="0"/>';

/** Changes what resvg stumbles over; what is seen stays. */
export function forResvg(svg: string): string {
  return svg
    // Vega writes the property twice for browsers old and new; resvg knows the old word and would take the last.
    .replaceAll("image-rendering: optimizeSpeed; image-rendering: pixelated;", "image-rendering: optimizeSpeed;")
    .replaceAll(/<g\b[^>]*\s(?:opacity|clip-path)="[^"]*"[^>]*>/g, (group) => `${group}${group.endsWith("/>") ? "" : ANCHOR}`)
    .replaceAll(/<image\b[^>]*\sopacity="([\d.e-]+)"[^>]*?(?:\/>|><\/image>)/g, (image, opacity: string) => `<g opacity="${opacity}">${ANCHOR}${image.replace(` opacity="${opacity}"`, "")}</g>`)
    .replaceAll(/<(?:path|text|line|rect|circle|ellipse)\b[^>]*>/g, withoutLayer);
}

/** Opacity of fill and stroke instead of the whole shape's, which needs no layer. What is not seen at all is left out. */
function withoutLayer(shape: string): string {
  const opacity = /\sopacity="([\d.e-]+)"/.exec(shape)?.[1];
  if (opacity === undefined) return shape;
  if (Number(opacity) === 0 && shape.endsWith("/>")) return "";
  let changed = shape.replace(` opacity="${opacity}"`, "");
  for (const part of ["fill", "stroke"]) {
    const own = new RegExp(`\\s${part}-opacity="([\\d.e-]+)"`).exec(changed)?.[1];
    if (own !== undefined) changed = changed.replace(` ${part}-opacity="${own}"`, "");
    changed = changed.replace(/^<\w+/, (tag) => `${tag} ${part}-opacity="${Number(opacity) * Number(own ?? 1)}"`);
  }
  return changed;
}
