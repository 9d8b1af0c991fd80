/**
 * An einsum equation read into lists of subscripts: one letter a dimension, with the dimensions of an ellipsis numbered from
 * the right, as they broadcast. What is wrong is said with its position in the text.
 */
import { NablaError, ShapeError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Shape } from "../shape.ts";

/** A letter, or `...1` for the dimension of an ellipsis that is last, `...2` for the one before. */
export type Subscript = string;

/** What is to be summed. */
export interface Equation {
  /** One list an operand, one subscript a dimension. */
  inputs: Subscript[][];
  output: Subscript[];
}

const isLetter = (text: string): boolean => /^[A-Za-z]$/.test(text);

/** One term of the text: letters, and at most one ellipsis. Spaces count for nothing. */
interface Term {
  subscripts: string[];
  /** Where each stands in the equation. */
  positions: number[];
}

function wrong(equation: string, position: number, what: string): NablaError {
  return new NablaError(`einsum: ${what} at position ${position} of ${JSON.stringify(equation)}\n  ${equation}\n  ${" ".repeat(position)}^`);
}

function readTerm(equation: string, start: number, end: number): Term {
  const term: Term = { subscripts: [], positions: [] };
  for (let at = start; at < end; at++) {
    const character = equation[at]!;
    if (character === " ") continue;
    if (character === ".") {
      if (equation.slice(at, at + 3) !== "..." || at + 3 > end) throw wrong(equation, at, "a dot that is no ellipsis (...)");
      if (term.subscripts.includes("...")) throw wrong(equation, at, "a second ellipsis in one term");
      term.subscripts.push("...");
      term.positions.push(at);
      at += 2;
    } else if (isLetter(character)) {
      term.subscripts.push(character);
      term.positions.push(at);
    } else {
      throw wrong(equation, at, `${JSON.stringify(character)}, which is no letter,`);
    }
  }
  return term;
}

/** `...3`, `...2`, `...1`. */
const ellipsisOf = (rank: number): Subscript[] => Array.from({ length: rank }, (_, i) => `...${rank - i}`);

/**
 * Reads an equation for operands of the given shapes.
 * @throws NablaError naming the position of what is not understood; ShapeError where a term does not fit its operand.
 */
export function readEquation(equation: string, shapes: readonly Shape[]): Equation {
  if (typeof equation !== "string") throw new NablaError('einsum: the equation comes first, as in einsum("ij,jk->ik", a, b)');
  const arrow = equation.indexOf("->");
  const leftEnd = arrow < 0 ? equation.length : arrow;
  const terms: Term[] = [];
  for (let start = 0; start <= leftEnd; ) {
    const comma = equation.indexOf(",", start);
    const end = comma < 0 || comma > leftEnd ? leftEnd : comma;
    terms.push(readTerm(equation, start, end));
    start = end + 1;
  }
  if (terms.length !== shapes.length) {
    throw new NablaError(`einsum: ${JSON.stringify(equation)} has ${terms.length} terms for ${shapes.length} operands; they must be equally many`);
  }
  let longest = 0;
  const inputs = terms.map(({ subscripts, positions }, i) => {
    const shape = shapes[i]!;
    const letters = subscripts.filter((each) => each !== "...").length;
    const hidden = shape.length - letters;
    if (hidden < 0 || (hidden > 0 && !subscripts.includes("..."))) {
      throw new ShapeError(
        `einsum: term ${JSON.stringify(subscripts.join(""))}${positions.length > 0 ? ` at position ${positions[0]}` : ""} of ` +
          `${JSON.stringify(equation)} names ${letters} dimensions, operand ${i} has shape ${formatShape(shape)}`,
      );
    }
    if (subscripts.includes("...")) longest = Math.max(longest, hidden);
    return subscripts.flatMap((each) => (each === "..." ? ellipsisOf(hidden) : [each]));
  });
  return { inputs, output: arrow < 0 ? implicitOutput(inputs, longest) : explicitOutput(equation, arrow + 2, inputs, longest) };
}

/** Without an arrow: the ellipsis, then the letters that stand once, in alphabetical order (capitals first, as in NumPy). */
function implicitOutput(inputs: readonly Subscript[][], ellipsis: number): Subscript[] {
  const all = inputs.flat().filter(isLetter);
  const once = [...new Set(all)].filter((letter) => all.filter((each) => each === letter).length === 1);
  return [...ellipsisOf(ellipsis), ...once.sort()];
}

function explicitOutput(equation: string, start: number, inputs: readonly Subscript[][], ellipsis: number): Subscript[] {
  const { subscripts, positions } = readTerm(equation, start, equation.length);
  const known = new Set(inputs.flat());
  subscripts.forEach((each, i) => {
    if (each === "...") return;
    if (!known.has(each)) throw wrong(equation, positions[i]!, `${JSON.stringify(each)}, which no operand has,`);
    if (subscripts.indexOf(each) !== i) throw wrong(equation, positions[i]!, `${JSON.stringify(each)} once more in the result,`);
  });
  // As in PyTorch and NumPy, an ellipsis that the result leaves out is summed.
  return subscripts.flatMap((each) => (each === "..." ? ellipsisOf(ellipsis) : [each]));
}
