/** The cells of a matrix as coloured squares on a canvas, with their values where there is room, and a frame around one. */
import type { TensorCells } from "../../../../src/view/states/tensor.ts";

/** Cells with what is known of each: its value, or only its level in the colours. */
export interface HeatMapCells extends TensorCells {
  readonly values?: Float32Array;
  /** 0 to 254, 255 where there is no number. */
  readonly levels: Uint8Array;
}

type Rgb = readonly [number, number, number];

const MISSING: Rgb = [189, 189, 189];
/** A value needs a cell of this width, in pixels. */
const ROOM_FOR_VALUE = 34;

/** The levels of values in a range of colours. */
export function levelsOf(values: Float32Array, [low, high]: readonly [number, number]): Uint8Array {
  return Uint8Array.from(values, (value) => (Number.isFinite(value) ? Math.round(254 * Math.min(1, Math.max(0, (value - low) / (high - low)))) : 255));
}

/** A colour for each level, between colours at equal distances. */
export function colourTable(colours: readonly string[]): readonly Rgb[] {
  const stops = colours.map((hex): Rgb => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb);
  const between = (level: number): Rgb => {
    const place = (level / 254) * (stops.length - 1);
    const index = Math.min(Math.floor(place), stops.length - 2);
    return stops[index]!.map((channel, k) => Math.round(channel + (place - index) * (stops[index + 1]![k]! - channel))) as unknown as Rgb;
  };
  return [...Array.from({ length: 255 }, (_, level) => between(level)), MISSING];
}

/** The size of the drawing in pixels of the page: square cells, within what there is room for. */
export function drawingSize(cells: TensorCells, most: { width: number; height: number }): { width: number; height: number } {
  const cell = Math.min(46, most.width / cells.columns, most.height / cells.rows);
  // A vector is still to be seen and pointed at.
  return { width: Math.max(1, Math.round(cell * cells.columns)), height: Math.max(Math.min(18, most.height), Math.round(cell * cells.rows)) };
}

/** Draws the cells; `marked` has a frame. */
export function drawCells(canvas: HTMLCanvasElement, cells: HeatMapCells, colours: readonly Rgb[], size: { width: number; height: number }, marked: readonly [row: number, column: number] | undefined, write: (value: number) => string): void {
  const density = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [Math.round(size.width * density), Math.round(size.height * density)];
  [canvas.style.width, canvas.style.height] = [`${size.width}px`, `${size.height}px`];
  const context = canvas.getContext("2d")!;
  context.scale(density, density);
  const [width, height] = [size.width / cells.columns, size.height / cells.rows];
  const gap = width > 12 && height > 12 ? 1 : 0;
  for (let row = 0; row < cells.rows; row++) {
    for (let column = 0; column < cells.columns; column++) {
      const at = row * cells.columns + column;
      const rgb = colours[cells.levels[at]!]!;
      context.fillStyle = `rgb(${rgb.join()})`;
      // A little over the edge, or seams would show between cells of broken width.
      context.fillRect(column * width, row * height, width - gap + (gap === 0 ? 0.5 : 0), height - gap + (gap === 0 ? 0.5 : 0));
      if (cells.values === undefined || cells.rowStep > 1 || cells.columnStep > 1 || width < ROOM_FOR_VALUE || height < 12) continue;
      context.fillStyle = 0.2126 * (rgb[0] / 255) ** 2 + 0.7152 * (rgb[1] / 255) ** 2 + 0.0722 * (rgb[2] / 255) ** 2 < 0.3 ? "#fff" : "#222";
      context.font = "11px sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(write(cells.values[at]!), (column + 0.5) * width - gap / 2, (row + 0.5) * height, width - 3);
    }
  }
  if (marked === undefined) return;
  const [x, y] = [marked[1] * width, marked[0] * height];
  for (const [colour, line] of [["#fff", 3], ["#000", 1.5]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(x, y, width - gap, height - gap);
  }
}
