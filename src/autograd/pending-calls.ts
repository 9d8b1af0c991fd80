/**
 * The calls that wait for their derivative during a backward pass, handed out newest first. A binary heap: most graphs are
 * chains, where it holds one or two calls and costs nothing, and no list of the whole graph is made or sorted. (PyTorch's
 * engine orders its ready queue by the same numbers.)
 */
import type { GraphNode } from "../tensor/graph.ts";

export class PendingCalls {
  readonly #heap: GraphNode[] = [];

  push(call: GraphNode): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(call);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above]!.sequence >= call.sequence) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = call;
  }

  /** The newest call, or undefined when none is left. Newer ones than it will not come: what is behind a call is older. */
  pop(): GraphNode | undefined {
    const heap = this.#heap;
    const newest = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return newest;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]!.sequence > heap[below]!.sequence) below++;
      if (heap[below]!.sequence <= last.sequence) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return newest;
  }
}
