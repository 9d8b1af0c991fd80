/**
 * Makes a drawing look like a digit of MNIST, which is more than cutting it to 28 by 28 pixels. The page of the data set
 * (Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits") says what was done to its digits: they
 * were "size normalized to fit in a 20x20 pixel box while preserving their aspect ratio", grey levels came of smoothing on
 * the way, and then they "were centered in a 28x28 image by computing the center of mass of the pixels". A model that has
 * learned from such digits reads others well only if the same is done to them.
 */

/** Grey levels from 0, paper, to 1, ink; row after row from the top. */
export interface Ink {
  readonly width: number;
  readonly height: number;
  readonly levels: Float32Array;
}

/** Pixels a side of the picture, and of the box that the digit fits in. */
export const PICTURE_SIDE = 28;
const BOX_SIDE = 20;
/** Less ink than this is paper: the last trace of smoothing must not stretch the digit. */
const FAINTEST = 1 / 255;

/** The drawing as MNIST has its digits: 28 by 28, in a box of 20 by 20, its centre of mass in the middle. */
export function centredInk(ink: Ink): Ink {
  const box = boundingBox(ink);
  if (box === undefined) return blankInk(PICTURE_SIDE);
  const scale = BOX_SIDE / Math.max(box.width, box.height);
  const digit = resample(ink, box, Math.min(BOX_SIDE, Math.ceil(box.width * scale - 1e-9)), Math.min(BOX_SIDE, Math.ceil(box.height * scale - 1e-9)), scale);
  return placed(digit, centreOfMass(digit));
}

/** The whole drawing as 28 by 28 pixels, wherever the digit stands and however large it is. */
export function shrunkInk(ink: Ink): Ink {
  const side = Math.max(ink.width, ink.height);
  return resample(ink, { left: 0, top: 0, width: ink.width, height: ink.height }, PICTURE_SIDE, PICTURE_SIDE, PICTURE_SIDE / side);
}

/** A square of paper. */
export function blankInk(side: number): Ink {
  return { width: side, height: side, levels: new Float32Array(side * side) };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest box around all ink; undefined for a blank sheet. */
function boundingBox({ width, height, levels }: Ink): Box | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (levels[row * width + column]! < FAINTEST) continue;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = row;
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * A piece of a picture in another size: each new pixel is the mean of what it covers, and where it reaches beyond the
 * piece it covers paper.
 */
function resample({ width, levels }: Ink, box: Box, columns: number, rows: number, scale: number): Ink {
  const across = overlaps(box.width, columns, scale);
  const down = overlaps(box.height, rows, scale);
  const result = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (const [y, high] of down[row]!) {
        const line = (box.top + y) * width + box.left;
        for (const [x, wide] of across[column]!) sum += high * wide * levels[line + x]!;
      }
      result[row * columns + column] = Math.min(1, sum);
    }
  }
  return { width: columns, height: rows, levels: result };
}

/** Which old pixels each new one covers along one side, and which part of the new one each of them is. */
function overlaps(length: number, count: number, scale: number): (readonly [place: number, part: number])[][] {
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i / scale, Math.min(length, (i + 1) / scale)];
    const covered: (readonly [number, number])[] = [];
    for (let place = Math.floor(from + 1e-9); place < to - 1e-9; place++) {
      covered.push([place, (Math.min(place + 1, to) - Math.max(place, from)) * scale]);
    }
    return covered;
  });
}

/** Where the ink would balance, in pixels from the left and top edges. */
function centreOfMass({ width, levels }: Ink): readonly [x: number, y: number] {
  let [mass, x, y] = [0, 0, 0];
  levels.forEach((level, i) => {
    mass += level;
    x += level * ((i % width) + 0.5);
    y += level * (Math.floor(i / width) + 0.5);
  });
  return [x / mass, y / mass];
}

/**
 * Puts a digit on the sheet so that a point of it comes to the middle of pixel (14, 14), to the nearest whole pixel. That
 * this is MNIST's middle is read from its digits, whose centres of mass lie about it.
 */
function placed(digit: Ink, [x, y]: readonly [number, number]): Ink {
  const sheet = blankInk(PICTURE_SIDE);
  const middle = PICTURE_SIDE / 2 + 0.5;
  const [right, down] = [Math.round(middle - x), Math.round(middle - y)];
  for (let row = 0; row < digit.height; row++) {
    for (let column = 0; column < digit.width; column++) {
      const [newRow, newColumn] = [row + down, column + right];
      if (newRow < 0 || newColumn < 0 || newRow >= PICTURE_SIDE || newColumn >= PICTURE_SIDE) continue;
      sheet.levels[newRow * PICTURE_SIDE + newColumn] = digit.levels[row * digit.width + column]!;
    }
  }
  return sheet;
}
