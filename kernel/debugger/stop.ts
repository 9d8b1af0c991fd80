/** One stop of the code: its frames and scopes, as long as it lasts. */
import type { Debugger, Runtime } from "node:inspector";
import { DebugRequestError } from "./messages.ts";
import type { SourcePlace } from "./sources.ts";

/** A frame of a person's own code. */
export interface StoppedFrame {
  /** No other frame of any stop has the same: front ends tell frames apart by it. */
  readonly id: number;
  readonly name: string;
  readonly place: SourcePlace;
  readonly callFrame: Debugger.CallFrame;
}

/** How a view names scopes of one kind, innermost first; V8's types are those of its scope chain. */
const VIEWS = [
  { name: "Locals", types: new Set(["local", "block", "catch", "with", "eval", "wasm-expression-stack"]) },
  { name: "Closure", types: new Set(["closure"]) },
  { name: "Module", types: new Set(["module"]) },
] as const;

let count = 0;

export class Stop {
  /** Innermost first. */
  readonly frames: readonly StoppedFrame[];

  constructor(frames: readonly { callFrame: Debugger.CallFrame; place: SourcePlace }[]) {
    this.frames = frames.map(({ callFrame, place }) => ({ id: ++count, name: nameOf(callFrame, place), place, callFrame }));
  }

  /** @throws DebugRequestError when the frame is not one of this stop's. */
  frame(id: unknown): StoppedFrame {
    const found = this.frames.find((each) => each.id === id);
    if (found === undefined) throw new DebugRequestError(`there is no frame ${String(id)}; the code has run on since it was given`);
    return found;
  }

  /** The scopes of a frame by the name of the view that shows them, the global ones left out. */
  scopesOf({ callFrame }: StoppedFrame): { name: string; objects: Runtime.RemoteObject[] }[] {
    return VIEWS.map(({ name, types }) => ({ name, objects: callFrame.scopeChain.filter(({ type }) => types.has(type)).map(({ object }) => object) })).filter(({ objects }) => objects.length > 0);
  }
}

/** The function's name; code at the top of a cell or file, which has no scope of its own, goes by its source's. */
function nameOf({ functionName, scopeChain }: Debugger.CallFrame, { source }: SourcePlace): string {
  if (functionName !== "") return functionName;
  return scopeChain.some(({ type }) => type === "local") ? "(anonymous)" : (source.name ?? source.path);
}
