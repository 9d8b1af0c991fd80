/** A picture file as a square of grey levels; what is ink in it is found by the library. */

/** Pixels a side: enough for a digit, little to send. */
export const PHOTO_SIDE = 112;

export interface GreySquare {
  readonly side: number;
  /** 0 for black to 255 for white, row after row, as base64. */
  readonly grey: string;
}

/** Reads a picture file. What is beside a picture that is not square takes the colour of its corners. @throws where the browser cannot read it */
export async function readPhoto(file: Blob): Promise<GreySquare> {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PHOTO_SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const scale = PHOTO_SIDE / Math.max(bitmap.width, bitmap.height);
  const [width, height] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))];
  const [left, top] = [(PHOTO_SIDE - width) >> 1, (PHOTO_SIDE - height) >> 1];
  context.imageSmoothingQuality = "high";
  const draw = (): void => context.drawImage(bitmap, left, top, width, height);
  // White under what is transparent.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, PHOTO_SIDE, PHOTO_SIDE);
  draw();
  const corners = [[left, top], [left + width - 1, top], [left, top + height - 1], [left + width - 1, top + height - 1]] as const;
  const colours = corners.map(([x, y]) => context.getImageData(x, y, 1, 1).data);
  const mean = [0, 1, 2].map((channel) => Math.round(colours.reduce((sum, colour) => sum + colour[channel]!, 0) / colours.length));
  context.fillStyle = `rgb(${mean.join(" ")})`;
  context.fillRect(0, 0, PHOTO_SIDE, PHOTO_SIDE);
  context.clearRect(left, top, width, height);
  context.globalCompositeOperation = "destination-over";
  draw();
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, PHOTO_SIDE, PHOTO_SIDE);
  bitmap.close();
  const { data } = context.getImageData(0, 0, PHOTO_SIDE, PHOTO_SIDE);
  // Brightness as the eye weighs red, green and blue (ITU-R BT.601).
  const grey = Uint8Array.from({ length: PHOTO_SIDE * PHOTO_SIDE }, (_, i) => Math.round(0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!));
  let text = "";
  for (const level of grey) text += String.fromCharCode(level);
  return { side: PHOTO_SIDE, grey: btoa(text) };
}
