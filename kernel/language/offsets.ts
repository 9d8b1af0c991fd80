/**
 * Places in a cell: Jupyter counts code points, JavaScript and TypeScript count UTF-16 units.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#cursor-pos-unicode-note
 */

/** The UTF-16 offset of a code point's number. */
export function utf16Offset(text: string, codePoints: number): number {
  let offset = 0;
  for (let seen = 0; seen < codePoints && offset < text.length; seen++) offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  return offset;
}

/** The number of code points in front of a UTF-16 offset. */
export function codePointOffset(text: string, offset: number): number {
  let seen = 0;
  for (let at = 0; at < offset; seen++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return seen;
}
