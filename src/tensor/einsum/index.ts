/**
 * Einstein's summation: an equation of subscripts made into diagonals, sums and matrix products. Operands are taken two at a
 * time, the pair first whose product costs least (the greedy order of opt_einsum, Smith and Gray 2018); of a pair, subscripts
 * that only one has are summed at once, those that both have and the result keeps are a batch, those that the result drops are
 * the inner dimension of one matrix product. All of it is views and ops that have derivatives.
 */
import { promote } from "../dtype.ts";
import { NablaError, ShapeError } from "../errors.ts";
import { toType } from "../dispatch.ts";
import { elementCount, formatShape } from "../shape.ts";
import { requireTensor } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { readEquation } from "./equation.ts";
import type { Subscript } from "./equation.ts";

/** A tensor and what its dimensions are called; no name twice. */
interface Labelled {
  tensor: Tensor;
  labels: readonly Subscript[];
}

/** The whole size of each subscript. */
type Sizes = ReadonlyMap<Subscript, number>;

/** The diagonal along two dimensions of equal size, as the first of them. */
function diagonal(tensor: Tensor, first: number, second: number): Tensor {
  const size = tensor.shape[first]!;
  const rest = tensor.shape.map((_, d) => d).filter((d) => d !== first && d !== second);
  const restShape = rest.map((d) => tensor.shape[d]!);
  const flat = tensor.permute([...rest, first, second]).reshape([...restShape, size * size]);
  const picked = flat.slice(-1, 0, size * size, size + 1);
  const order = rest.map((_, d) => d);
  order.splice(first < second ? first : first - 1, 0, rest.length);
  return picked.permute(order);
}

/** An operand in which every subscript stands once. */
function withoutRepeats(tensor: Tensor, subscripts: readonly Subscript[]): Labelled {
  let current = tensor;
  const labels = [...subscripts];
  for (let d = 0; d < labels.length; d++) {
    for (let again = labels.indexOf(labels[d]!, d + 1); again >= 0; again = labels.indexOf(labels[d]!, d + 1)) {
      if (current.shape[d] !== current.shape[again]) {
        throw new ShapeError(
          `einsum: ${JSON.stringify(labels[d])} is ${current.shape[d]} and ${current.shape[again]} in one operand of shape ` +
            `${formatShape(tensor.shape)}; a diagonal needs equal sizes`,
        );
      }
      current = diagonal(current, d, again);
      labels.splice(again, 1);
    }
  }
  return { tensor: current, labels };
}

/** The size of each subscript: those of all operands must be equal, or 1. */
function sizesOf(operands: readonly Labelled[]): Map<Subscript, number> {
  const sizes = new Map<Subscript, number>();
  operands.forEach(({ tensor, labels }, i) => {
    labels.forEach((label, d) => {
      const size = tensor.shape[d]!;
      const known = sizes.get(label) ?? 1;
      if (known !== 1 && size !== 1 && known !== size) {
        const name = label.startsWith(".") ? `dimension ${label.slice(3)} from the right of the ellipsis` : JSON.stringify(label);
        throw new ShapeError(`einsum: ${name} is ${known} in one operand and ${size} in operand ${i} of shape ${formatShape(tensor.shape)}`);
      }
      if (size !== 1 || !sizes.has(label)) sizes.set(label, size);
    });
  });
  return sizes;
}

/** Sums every subscript that is not wanted any more. */
function summed({ tensor, labels }: Labelled, wanted: ReadonlySet<Subscript>): Labelled {
  const dims = labels.flatMap((label, d) => (wanted.has(label) ? [] : [d]));
  if (dims.length === 0) return { tensor, labels };
  return { tensor: tensor.sum({ dim: dims }), labels: labels.filter((label) => wanted.has(label)) };
}

/** The operand's dimensions in groups, each group one dimension. */
function grouped({ tensor, labels }: Labelled, groups: readonly (readonly Subscript[])[], sizes: Sizes): Tensor {
  return tensor
    .permute(groups.flat().map((label) => labels.indexOf(label)))
    .reshape(groups.map((group) => elementCount(group.map((label) => sizes.get(label)!))));
}

/** The product of two operands, summed over what nobody wants any more. */
function contract(first: Labelled, second: Labelled, wanted: ReadonlySet<Subscript>, sizes: Sizes): Labelled {
  const both = new Set([...first.labels, ...second.labels]);
  const shared = new Set(first.labels.filter((label) => second.labels.includes(label)));
  // What one operand alone has and nobody wants is summed before the product.
  const needed = new Set([...both].filter((label) => wanted.has(label) || shared.has(label)));
  const a = summed(first, needed);
  const b = summed(second, needed);
  const batch = [...shared].filter((label) => wanted.has(label));
  const inner = [...shared].filter((label) => !wanted.has(label));
  const rows = a.labels.filter((label) => !shared.has(label));
  const columns = b.labels.filter((label) => !shared.has(label));
  const labels = [...batch, ...rows, ...columns];
  const shape = labels.map((label) => sizes.get(label)!);
  const left = grouped(a, [batch, rows, inner], sizes);
  const right = grouped(b, [batch, inner, columns], sizes);
  const product = inner.length === 0 ? left.mul(right.reshape([right.shape[0]!, 1, right.shape[2]!])) : left.matmul(right);
  return { tensor: product.reshape(shape), labels };
}

/** Which two to take next: those whose product has the fewest multiplications, the smallest result among equals. */
function cheapestPair(operands: readonly Labelled[], wantedWithout: (i: number, j: number) => ReadonlySet<Subscript>, sizes: Sizes): [number, number] {
  const size = (labels: Iterable<Subscript>): number => elementCount([...labels].map((label) => sizes.get(label)!));
  let best: [number, number] = [0, 1];
  let bestCost = [Infinity, Infinity];
  for (let i = 0; i < operands.length; i++) {
    for (let j = i + 1; j < operands.length; j++) {
      const union = new Set([...operands[i]!.labels, ...operands[j]!.labels]);
      const wanted = wantedWithout(i, j);
      const cost = [size(union), size([...union].filter((label) => wanted.has(label)))];
      if (cost[0]! < bestCost[0]! || (cost[0] === bestCost[0] && cost[1]! < bestCost[1]!)) {
        best = [i, j];
        bestCost = cost;
      }
    }
  }
  return best;
}

/**
 * Sums of products of the operands' elements, as the equation says: `einsum("ij,jk->ik", a, b)` is their matrix product. Each
 * term names an operand's dimensions by letters; what the result (after `->`) does not name is summed, a letter twice in a term
 * takes the diagonal, `...` stands for any further dimensions, which broadcast. Without `->` the result has the dimensions of
 * `...` and then the letters that stand once, in alphabetical order. Sizes of one letter must be equal, or 1.
 * @throws NablaError naming the position of what is not understood; ShapeError where sizes do not fit.
 */
export function einsum(equation: string, ...operands: Tensor[]): Tensor {
  if (operands.length === 0) throw new NablaError('einsum: needs at least one tensor after the equation, as in einsum("ii", a)');
  for (const operand of operands) requireTensor("einsum", operand);
  const { inputs, output } = readEquation(equation, operands.map(({ shape }) => shape));
  const dtype = operands.map((each) => each.dtype).reduce(promote);
  let left = operands.map((operand, i) => withoutRepeats(toType(operand, dtype), inputs[i]!));
  const sizes = sizesOf(left);
  // A size of 1 that another operand stretches takes no part in the work: it is dropped, and what remains is the other's.
  left = left.map(({ tensor, labels }) => {
    const kept = labels.map((_, d) => d).filter((d) => tensor.shape[d] !== 1 || sizes.get(labels[d]!) === 1);
    return { tensor: tensor.reshape(kept.map((d) => tensor.shape[d]!)), labels: kept.map((d) => labels[d]!) };
  });
  while (left.length > 1) {
    const wantedWithout = (i: number, j: number): ReadonlySet<Subscript> =>
      new Set([...output, ...left.flatMap(({ labels }, k) => (k === i || k === j ? [] : labels))]);
    const [i, j] = cheapestPair(left, wantedWithout, sizes);
    const product = contract(left[i]!, left[j]!, wantedWithout(i, j), sizes);
    left = [...left.filter((_, k) => k !== i && k !== j), product];
  }
  const { tensor, labels } = summed(left[0]!, new Set(output));
  return tensor.permute(output.map((label) => labels.indexOf(label)));
}
