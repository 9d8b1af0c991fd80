/**
 * How wide a line of text is, about: boxes are sized on the kernel's side, where there is no font to measure with. Widths are
 * those of DejaVu Sans and its kind, the widest of the fonts that pages use; so text fits, with a little room to spare.
 */

const NARROW = new Set("ijlft.,:;'!|()[] ");
const WIDE = new Set("mwMW@%—→");

/** Width of a line in pixels. */
export function textWidth(text: string, size: number, bold = false): number {
  let em = 0;
  for (const character of text) {
    if (NARROW.has(character)) em += 0.38;
    else if (WIDE.has(character)) em += 0.95;
    else if (character.codePointAt(0)! > 0x2e80) em += 1;
    else em += /[A-Z]/.test(character) ? 0.7 : 0.62;
  }
  return em * size * (bold ? 1.06 : 1);
}
