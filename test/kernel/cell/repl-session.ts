/** Runs cells as the kernel does: transformed, then evaluated by V8's inspector in replMode, one after another. */
import inspector from "node:inspector";
import { transformCell } from "../../../kernel/cell/transform.ts";

export interface Outcome {
  /** The cell's value, or what it threw. */
  readonly value?: unknown;
  readonly error?: unknown;
  /** Where V8 itself refused the code or saw the exception, as it reports it, counted from 1. */
  readonly at?: { readonly line: number; readonly column: number };
}

/** What cells find as `__kernel`. */
export interface FakeKernel {
  modules: Record<string, Record<string, unknown>>;
  awaits: number;
}

export class ReplSession {
  readonly kernel: FakeKernel = { modules: {}, awaits: 0 };
  readonly #session = new inspector.Session();
  readonly #requests = new Map<string, string[]>();
  #cells = 0;

  constructor() {
    this.#session.connect();
    const requests = this.#requests;
    const kernel = this.kernel;
    Object.assign(globalThis, {
      __kernel: {
        module: (url: string, index: number) => kernel.modules[requests.get(url)![index]!],
        import: (specifier: string) => Promise.resolve(kernel.modules[specifier]),
        awaited: (value: unknown) => {
          kernel.awaits++;
          return value;
        },
        iterated: (value: unknown) => value,
        meta: { url: "file:///notebook/" },
      },
    });
  }

  /** Transforms and runs one cell. */
  async run(source: string): Promise<Outcome> {
    const url = `cell:${++this.#cells}`;
    const cell = transformCell(source, { url });
    this.declareImports(url, cell.imports.map((each) => each.specifier));
    return this.evaluate(cell.code);
  }

  /** The value of a cell that must not fail. */
  async value(source: string): Promise<unknown> {
    const outcome = await this.run(source);
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Says which modules the code of a cell asks for by number. */
  declareImports(url: string, specifiers: string[]): void {
    this.#requests.set(url, specifiers);
  }

  /** Runs code as it is. */
  evaluate(code: string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#session.post("Runtime.evaluate", { expression: code, replMode: true, awaitPromise: true }, (failure, reply) => {
        if (failure) return reject(failure);
        const { result, exceptionDetails } = reply as inspector.Runtime.EvaluateReturnType;
        const object = exceptionDetails?.exception ?? result;
        if (exceptionDetails) {
          const at = { line: exceptionDetails.lineNumber + 1, column: exceptionDetails.columnNumber + 1 };
          this.#fetch(object).then(({ held }) => resolve({ error: held, at }), reject);
        } else this.#fetch(object).then(({ held }) => resolve({ value: held }), reject);
      });
    });
  }

  close(): void {
    this.#session.disconnect();
  }

  /** Brings the object behind an inspector's handle into this program, where tests can look at it. */
  #fetch(object: inspector.Runtime.RemoteObject): Promise<{ held: unknown }> {
    const holder = globalThis as { fetched?: unknown };
    return new Promise((resolve, reject) => {
      const target = object.objectId === undefined ? argumentFor(object) : { objectId: object.objectId };
      this.#session.post("Runtime.evaluate", { expression: "globalThis" }, (_, reply) => {
        this.#session.post(
          "Runtime.callFunctionOn",
          { objectId: reply.result.objectId!, functionDeclaration: "function (value) { this.fetched = value; }", arguments: [target] },
          (failure) => (failure ? reject(failure) : resolve({ held: holder.fetched })),
        );
      });
    });
  }
}

function argumentFor(object: inspector.Runtime.RemoteObject): inspector.Runtime.CallArgument {
  return object.unserializableValue === undefined ? { value: object.value } : { unserializableValue: object.unserializableValue };
}
