/**
 * V8's text of a stack, taken apart. Its form: https://v8.dev/docs/stack-trace-api.
 */

/** One line of a stack. */
export interface StackFrame {
  /** As V8 names it: `f`, `Net.forward`, `new Net`; absent at the top of a cell or module. */
  readonly name?: string;
  /** What the code is called by its `sourceURL`, its URL or its path. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** A stack's parts. */
export interface ParsedStack {
  /** The lines between the message and the first frame, as some errors add them. */
  readonly remark: string;
  readonly frames: readonly StackFrame[];
}

/**
 * Takes a stack apart. Frames without a place (`at Array.map (<anonymous>)`) are left out.
 * @param message The error's message, which may itself contain lines that look like frames.
 */
export function parseStack(stack: string, message: string): ParsedStack {
  const at = message === "" ? -1 : stack.indexOf(message);
  const start = at < 0 ? stack.indexOf("\n") : at + message.length;
  const remark: string[] = [];
  const frames: StackFrame[] = [];
  let sawFrame = false;
  for (const line of start < 0 ? [] : stack.slice(start).split("\n")) {
    if (/^\s+at /.test(line)) {
      sawFrame = true;
      const frame = parseFrame(line.trim().slice("at ".length));
      if (frame !== undefined) frames.push(frame);
    } else if (!sawFrame) remark.push(line);
  }
  return { remark: remark.join("\n").replace(/^\n+|\s+$/g, ""), frames };
}

function parseFrame(text: string): StackFrame | undefined {
  const called = text.startsWith("async ") ? text.slice("async ".length) : text;
  // The name ends at the first " (": a path behind it may contain parentheses of its own.
  const open = called.endsWith(")") ? called.indexOf(" (") : -1;
  const location = open < 0 ? called : called.slice(open + 2, -1);
  const name = open < 0 ? undefined : called.slice(0, open);
  // Code of `eval` is shown where it was called, at the outermost place.
  const evaluated = /^eval at .*\((.+):(\d+):(\d+)\)/.exec(location);
  const place = evaluated ?? /^(.+):(\d+):(\d+)$/.exec(location);
  if (place === null) return undefined;
  const isNamed = name !== undefined && name !== "" && name !== "<anonymous>" && name !== "eval" && name !== "Object.<anonymous>";
  return { ...(isNamed && { name }), url: place[1]!, line: Number(place[2]), column: Number(place[3]) };
}
