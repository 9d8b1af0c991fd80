/**
 * Fewer points that look the same: largest triangle three buckets. The points between the first and the last are cut into
 * buckets of equal count; of each that point stays which makes the largest triangle with the point that stayed before it and
 * the mean of the bucket behind it.
 * Source: Steinarsson, "Downsampling Time Series for Visual Representation", University of Iceland, 2013, section 4.2.
 */

/** How many gaps at most are kept when points are thinned. */
const MOST_GAPS = 100;

/**
 * The indices of the points that stay, in order, the first and the last among them.
 * @param count how many stay, at least 3; all of them where there are no more.
 */
export function largestTriangles(x: ArrayLike<number>, y: ArrayLike<number>, count: number): number[] {
  const length = x.length;
  if (length <= count) return Array.from({ length }, (_, i) => i);
  const buckets = count - 2;
  const edge = (bucket: number): number => 1 + Math.floor((bucket * (length - 2)) / buckets);
  const kept = [0];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const before = kept[bucket]!;
    const [first, end] = [edge(bucket), edge(bucket + 1)];
    // Behind the last bucket is the last point alone.
    const nextEnd = bucket === buckets - 1 ? length : edge(bucket + 2);
    let [meanX, meanY] = [0, 0];
    for (let i = end; i < nextEnd; i++) {
      meanX += x[i]!;
      meanY += y[i]!;
    }
    meanX /= nextEnd - end;
    meanY /= nextEnd - end;
    const [fromX, fromY] = [x[before]!, y[before]!];
    let [largest, chosen] = [-1, first];
    for (let i = first; i < end; i++) {
      const area = Math.abs((fromX - meanX) * (y[i]! - fromY) - (fromX - x[i]!) * (meanY - fromY));
      if (area > largest) [largest, chosen] = [area, i];
    }
    kept.push(chosen);
  }
  kept.push(length - 1);
  return kept;
}

/**
 * The same for values of which some are not finite: those that are, thinned, and of each run of others the first, which
 * leaves a gap where it was (of very many gaps, the first hundred).
 */
export function thin(x: ArrayLike<number>, y: ArrayLike<number>, count: number): number[] {
  if (y.length <= count) return largestTriangles(x, y, count);
  const finite: number[] = [];
  const gaps: number[] = [];
  for (let i = 0; i < y.length; i++) {
    if (Number.isFinite(y[i])) finite.push(i);
    else if (gaps.length < MOST_GAPS && (i === 0 || Number.isFinite(y[i - 1]))) gaps.push(i);
  }
  if (finite.length === y.length) return largestTriangles(x, y, count);
  const kept = largestTriangles(finite.map((i) => x[i]!), finite.map((i) => y[i]!), count).map((i) => finite[i]!);
  return [...kept, ...gaps].sort((a, b) => a - b);
}
