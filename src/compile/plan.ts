/**
 * From a trace to a program: drops what nobody needs, puts elementwise neighbours into groups, and gives every temporary its
 * place in one arena. Places are given to the largest first, each at the lowest address that no value alive at the same
 * time has (the greedy plan by size of Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
 */
import type { Device } from "../tensor/device.ts";
import { withNumbers } from "./constants.ts";
import { groupSteps, mayOverlap } from "./fusion.ts";
import type { Group } from "./fusion.ts";
import { inputsOf, outputsOf, valuesOf } from "./traced.ts";
import type { Operand, Step, Value } from "./traced.ts";

/** Where a value lies: in the arena (at a byte), in memory new in each run, or in a buffer of its group's tiles. */
export type Place =
  | { readonly kind: "arena"; readonly byte: number }
  | { readonly kind: "result"; readonly index: number }
  | { readonly kind: "buffer"; readonly index: number };

export interface Plan {
  readonly groups: readonly Group[];
  /** Places of the made values that are used. */
  readonly places: ReadonlyMap<Value, Place>;
  /** Bytes of the arena. */
  readonly arenaBytes: number;
  /** Bytes of each result's memory. */
  readonly resultBytes: readonly number[];
  /** Tile buffers of each group, in the order of `groups`; 0 for calls that stand alone. */
  readonly bufferCounts: readonly number[];
}

/**
 * Plans a program.
 * @param results values handed out, in new memory each time.
 * @param kept values that stay readable in the arena until the next run.
 * @param device where it will run.
 * @param together whether neighbouring calls may run together.
 */
export function plan(steps: readonly Step[], results: readonly Value[], kept: readonly Value[], device: Device, together = true): Plan {
  const read = withoutCopiesOfConstants(steps, [...results, ...kept]);
  const needed = neededSteps(device === "cpu" ? read : withNumbers(read), [...results, ...kept]);
  const ordered = device === "cpu" ? needed : checksFirst(needed);
  const groups = together ? groupSteps(ordered, device) : ordered.map((step): Group => ({ steps: [step], tiled: false }));
  const places = new Map<Value, Place>();
  results.forEach((value, index) => places.set(value, { kind: "result", index }));
  const lives = lifetimes(groups);
  for (const value of kept) {
    const life = lives.get(value);
    if (life !== undefined) life.last = groups.length;
  }
  const bufferCounts = placeInBuffers(groups, lives, places);
  const arenaBytes = placeInArena(lives, places, device);
  return { groups, places, arenaBytes, resultBytes: results.map(({ bytes }) => Math.max(bytes, 1)), bufferCounts };
}

/**
 * Numbers of JavaScript enter a trace as a copy of their own memory into a value. Where nothing else writes that value, and
 * nobody outside gets it, they are read where they are.
 */
function withoutCopiesOfConstants(steps: readonly Step[], seen: readonly Value[]): Step[] {
  const writes = new Map<Value, number>();
  for (const step of steps) {
    for (const value of valuesOf(outputsOf(step))) writes.set(value, (writes.get(value) ?? 0) + 1);
  }
  const constants = new Map<Value, Value>();
  const left = steps.filter((step) => {
    if (step.kind !== "call" || step.op !== "copy" || step.constant !== true) return true;
    const target = step.outputs[0]!.value!;
    if (writes.get(target) !== 1 || seen.includes(target)) return true;
    constants.set(target, step.inputs[0]!.value!);
    return false;
  });
  if (constants.size === 0) return left;
  const instead = <Window extends { readonly value: Value | undefined }>(operand: Window): Window => {
    const constant = operand.value === undefined ? undefined : constants.get(operand.value);
    return constant === undefined ? operand : { ...operand, value: constant };
  };
  return left.map((step) =>
    step.kind === "call" ? { ...step, inputs: step.inputs.map(instead) } : { ...step, positions: instead(step.positions) },
  );
}

/** The steps that somebody will notice: changes of memory outside, checks, and what these and the results are made from. */
function neededSteps(steps: readonly Step[], wanted: readonly Value[]): Step[] {
  const needed = new Set(wanted);
  const kept: Step[] = [];
  for (const step of [...steps].reverse()) {
    const outputs = valuesOf(outputsOf(step));
    if (step.kind === "call" && outputs.every((value) => value.origin === "made" && !needed.has(value))) continue;
    kept.push(step);
    for (const value of [...outputs, ...valuesOf(inputsOf(step))]) needed.add(value);
  }
  return kept.reverse();
}

/**
 * On a card a look at positions is a kernel of its own, which would part the chain of calls around it; and the sooner it runs, the
 * sooner somebody is told. So those of them that no step before has a part in come first.
 */
function checksFirst(steps: readonly Step[]): Step[] {
  const first: Step[] = [];
  const others: Step[] = [];
  const written: Operand[] = [];
  for (const step of steps) {
    if (step.kind === "call") written.push(...step.outputs);
    const early = step.kind === "check" && !written.some((target) => touches(target, step.positions));
    (early ? first : others).push(step);
  }
  return [...first, ...others];
}

/** Memory from outside is of one type, so what has another one is other memory. */
function touches(a: Operand, b: Operand): boolean {
  return a.value === b.value || (a.dtype === b.dtype && mayOverlap(a.value!, b.value!));
}

interface Life {
  first: number;
  last: number;
}

/** First and last group in which each made value is used. */
function lifetimes(groups: readonly Group[]): Map<Value, Life> {
  const lives = new Map<Value, Life>();
  groups.forEach(({ steps }, position) => {
    for (const step of steps) {
      for (const value of valuesOf([...inputsOf(step), ...outputsOf(step)])) {
        if (value.origin !== "made") continue;
        const life = lives.get(value);
        if (life === undefined) lives.set(value, { first: position, last: position });
        else life.last = position;
      }
    }
  });
  return lives;
}

/** Values that only one tiled group uses get a buffer there, which the next one takes over after their last use. */
function placeInBuffers(groups: readonly Group[], lives: ReadonlyMap<Value, Life>, places: Map<Value, Place>): number[] {
  return groups.map(({ steps, tiled }, position) => {
    if (!tiled) return 0;
    const lastUse = new Map<Value, number>();
    steps.forEach((step, i) => {
      for (const value of valuesOf([...inputsOf(step), ...outputsOf(step)])) lastUse.set(value, i);
    });
    const vacant: number[] = [];
    let count = 0;
    steps.forEach((step, i) => {
      for (const value of valuesOf(outputsOf(step))) {
        const life = lives.get(value);
        if (places.has(value) || life === undefined || life.first !== position || life.last !== position) continue;
        places.set(value, { kind: "buffer", index: vacant.pop() ?? count++ });
      }
      for (const value of new Set(valuesOf([...inputsOf(step), ...outputsOf(step)]))) {
        const place = places.get(value);
        if (place?.kind === "buffer" && lastUse.get(value) === i) vacant.push(place.index);
      }
    });
    return count;
  });
}

const alignment = 64;

/**
 * Kernels of a card run side by side where neither needs what the other makes, and none may write where another one still reads. So values
 * share no place until they are more than this, about what a card's cache holds: then its kernels are large enough to fill it alone.
 */
const ampleBytes = 32 * 2 ** 20;

function placeInArena(lives: ReadonlyMap<Value, Life>, places: Map<Value, Place>, device: Device): number {
  const waiting = [...lives].filter(([value]) => !places.has(value)).sort(([a], [b]) => b.bytes - a.bytes || a.index - b.index);
  const apart = device === "cuda" && waiting.reduce((sum, [{ bytes }]) => sum + bytes, 0) <= ampleBytes;
  const placed: { from: number; to: number; life: Life }[] = [];
  let total = 0;
  for (const [value, life] of waiting) {
    const neighbours = placed.filter((other) => apart || (other.life.first <= life.last && life.first <= other.life.last));
    neighbours.sort((a, b) => a.from - b.from);
    let from = 0;
    for (const other of neighbours) {
      if (from + value.bytes <= other.from) break;
      from = Math.max(from, other.to);
    }
    const to = from + Math.ceil(Math.max(value.bytes, 1) / alignment) * alignment;
    places.set(value, { kind: "arena", byte: from });
    placed.push({ from, to, life });
    total = Math.max(total, to);
  }
  return total;
}
