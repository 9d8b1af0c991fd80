/** Many maps in one small picture, so that a saved notebook with a whole network in it stays small. */
import { chooseScale, colourOf, vegaColourScale } from "../../plot/colours.ts";
import type { ColourRamp, ColourScale } from "../../plot/colours.ts";
import { pngUrl } from "../../plot/png.ts";
import { extent } from "../../plot/values.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { FeatureColours, FeatureMap, MapSheet } from "../../view/states/features.ts";

/** So many maps of a layer are shown. */
export const mostMaps = 256;
/** Larger maps are shown smaller: means of squares of their numbers. */
const largestSide = 56;
const shades = 256;

/** The colours of maps: about zero where they have both signs, else from small to large. */
export function scaleOf(maps: Tensor, oneSided: ColourRamp): ColourScale {
  const [low, high] = extent(maps.data() as Iterable<number>);
  // From zero, so that what is nothing looks like nothing.
  return chooseScale([low, high], low >= 0 && high > 0 ? { domain: [0, high], colours: oneSided } : {}, oneSided);
}

/** A number in six digits, more than can be seen; null where it is not finite. */
export const brief = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);

export function coloursOf(scale: ColourScale): FeatureColours {
  return { stops: vegaColourScale(scale)["range"] as string[], domain: [brief(scale.domain[0])!, brief(scale.domain[1])!] };
}

/** Means of squares of so many numbers a side, in a map at `first`. */
function reduced(values: ArrayLike<number>, first: number, rows: number, columns: number, every: number): number[] {
  if (every === 1) return Array.from({ length: rows * columns }, (_, i) => values[first + i]!);
  const [down, across] = [Math.ceil(rows / every), Math.ceil(columns / every)];
  return Array.from({ length: down * across }, (_, place) => {
    const [top, left] = [Math.floor(place / across) * every, (place % across) * every];
    let [sum, count] = [0, 0];
    for (let row = top; row < Math.min(top + every, rows); row++) {
      for (let column = left; column < Math.min(left + every, columns); column++) {
        sum += values[first + row * columns + column]!;
        count++;
      }
    }
    return sum / count;
  });
}

/** The maps [C, H, W] side by side, as large as their number lets them be. */
export function sheetOf(maps: Tensor, oneSided: ColourRamp, mostPixels = 60_000): MapSheet {
  return sheetIn(scaleOf(maps, oneSided), maps, mostPixels);
}

function sheetIn(scale: ColourScale, maps: Tensor, mostPixels: number): MapSheet {
  const [channels, rows, columns] = maps.shape as [number, number, number];
  const count = Math.min(channels, mostMaps);
  const [low, high] = scale.domain;
  const colours = Array.from({ length: shades }, (_, shade) => colourOf(low + ((high - low) * shade) / (shades - 1), scale));
  const missing = colourOf(NaN, scale);
  let every = Math.ceil(Math.max(rows, columns) / (count === 1 ? 4 * largestSide : largestSide));
  while (count * Math.ceil(rows / every) * Math.ceil(columns / every) > mostPixels && every < Math.max(rows, columns)) every++;
  const [down, wide] = [Math.ceil(rows / every), Math.ceil(columns / every)];
  const across = Math.min(count, Math.max(1, Math.floor(896 / wide)));
  const width = across * wide;
  const rgb = new Uint8Array(3 * width * down * Math.ceil(count / across));
  const values = maps.data() as ArrayLike<number>;
  for (let map = 0; map < count; map++) {
    const [top, left] = [Math.floor(map / across) * down, (map % across) * wide];
    reduced(values, map * rows * columns, rows, columns, every).forEach((value, place) => {
      const shade = Math.round(((value - low) / (high - low)) * (shades - 1));
      const colour = Number.isFinite(value) ? colours[Math.min(shades - 1, Math.max(0, shade))]! : missing;
      rgb.set(colour, 3 * ((top + Math.floor(place / wide)) * width + left + (place % wide)));
    });
  }
  return { url: pngUrl(width, rgb), count, across, size: [rows, columns], colours: coloursOf(scale) };
}

/** One map with its numbers, in the colours of its layer. @param mostValues a larger map is a picture without numbers. */
export function mapOf(maps: Tensor, map: number, oneSided: ColourRamp, mostValues = Infinity): FeatureMap {
  const own = maps.select(0, map).contiguous();
  const [rows, columns] = own.shape as [number, number];
  const isSmall = own.numel <= mostValues;
  const scale = scaleOf(maps, oneSided);
  return {
    rows,
    columns,
    values: isSmall ? Array.from(own.data() as ArrayLike<number>, brief) : null,
    sheet: isSmall ? null : sheetIn(scale, own.unsqueeze(0), 36_000),
    colours: coloursOf(scale),
  };
}
