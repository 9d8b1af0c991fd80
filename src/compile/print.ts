/**
 * A program as text that can be read: what goes in, one line a call with the names of its operands and the shape it makes,
 * calls that run together under one heading, and what comes out. (jax-js prints its programs much like this.)
 */
import type { CardReport } from "../tensor/native.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Returned } from "./handed-out.ts";
import type { Program } from "./program.ts";
import type { Operand, Step, Value } from "./traced.ts";

/** Short names: a0 an argument, c0 a captured tensor, %0 what a call has made. */
function nameOf(value: Value): string {
  return { argument: "a", captured: "c", made: "%" }[value.origin] + value.index;
}

function formatOperand({ value, offset, shape, strides }: Operand): string {
  if (value === undefined) return String(offset);
  const at = offset === 0 ? "" : `+${offset}`;
  const turned = strides.some((stride, d) => shape[d] !== 1 && stride < (strides[d + 1] ?? 0) * (shape[d + 1] ?? 1));
  return `${nameOf(value)}${at}${turned ? ` by ${formatShape(strides)}` : ""}`;
}

function formatStep(step: Step): string {
  if (step.kind === "check") return `check ${step.what}s of ${step.op}: ${formatOperand(step.positions)} in 0 to ${step.size - 1}`;
  const outputs = step.outputs.map((output) => `${formatOperand(output)}: ${output.dtype}${formatShape(output.shape)}`);
  const changing = new Map(step.changing.map(({ attribute, number }) => [attribute, `n${number}`]));
  const attributes = step.attributes.map((attribute, i) => changing.get(i) ?? String(attribute));
  return `${outputs.join(", ")} = ${step.op}(${[...step.inputs.map(formatOperand), ...attributes].join(", ")})`;
}

function formatReturned(each: Returned): string {
  switch (each.kind) {
    case "given":
      return `given tensor ${each.position}`;
    case "fixed":
      return "a captured tensor";
    default:
      return `${nameOf(each.value)}: ${each.window.dtype}${formatShape(each.window.shape)}`;
  }
}

function formatCard({ graphs, graphKernels, longestChain, otherKernels, alone, refusal, notFused }: CardReport): string[] {
  const singly = otherKernels === 0 ? "" : `; kernels started one by one: ${otherKernels}`;
  const inRow = longestChain === graphKernels ? "" : `, of which ${longestChain} in a row`;
  const why = [...(refusal === "" ? [] : [`    no graph: ${refusal}`]), ...(notFused === "" ? [] : [`    no fused kernels: ${notFused}`])];
  return [`  on the card: ${graphs} ${graphs === 1 ? "graph" : "graphs"} of ${graphKernels} kernels${inRow}${singly}`, ...alone.map((each) => `    apart: ${each}`), ...why];
}

/** The program as text. */
export function printProgram(program: Program): string {
  const { plan, captured, sources, handedOut, device } = program;
  const lines = plan.groups.flatMap(({ steps, tiled }) =>
    tiled ? [device === "cpu" ? "  together, tile by tile:" : "  together, as one kernel:", ...steps.map((step) => `    ${formatStep(step)}`)] : [`  ${formatStep(steps[0]!)}`],
  );
  const counts = `${sources.length} arguments, ${captured.length} captured tensors, ${plan.arenaBytes} bytes of temporaries`;
  const gradients = handedOut.left.map(({ gradient }) => (gradient === undefined ? "none" : formatReturned(gradient)));
  const left = gradients.length === 0 ? [] : [`  gradients: ${gradients.join(", ")}`];
  const card = program.card === undefined ? [] : formatCard(program.card);
  return [`program of ${counts}, run ${program.replays} times`, ...lines, ...left, ...card, `  return ${handedOut.returned.map(formatReturned).join(", ")}`].join("\n");
}
