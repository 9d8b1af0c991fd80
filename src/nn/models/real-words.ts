/** Which numbers of a padded batch of texts are words: all but 0, the padding of `data.padSequences` and `data.Vocabulary`. */
import type { Tensor } from "../../tensor/tensor.ts";

/** @returns mask float32 [N, T], 1 for a word; counts [N, 1], at least 1, so that an empty text has a mean too: zero. */
export function realWords(tokens: Tensor): { mask: Tensor; counts: Tensor } {
  const mask = tokens.ne(0).to("float32");
  return { mask, counts: mask.sum({ dim: 1, keepdim: true }).clamp({ min: 1 }) };
}
