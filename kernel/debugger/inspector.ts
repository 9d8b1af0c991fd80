/**
 * What the debugger asks of V8's inspector, with promises in place of callbacks.
 *
 * The session is connected from the inbound worker to the main thread; V8 answers it while the main thread is stopped, idle,
 * or between two steps of its work. It is another session than the one that evaluates the cells: an inspector takes no second
 * command from a session that is in the middle of one. The commands are those of the Chrome DevTools Protocol
 * (https://chromedevtools.github.io/devtools-protocol/v8/).
 */
import type { Debugger, Runtime, Session } from "node:inspector";

/** The commands that are used: what each takes and gives. */
interface Commands {
  "Debugger.enable": [undefined, Debugger.EnableReturnType];
  "Debugger.disable": [undefined, void];
  "Debugger.setBlackboxPatterns": [Debugger.SetBlackboxPatternsParameterType, void];
  "Debugger.setPauseOnExceptions": [Debugger.SetPauseOnExceptionsParameterType, void];
  "Debugger.setSkipAllPauses": [Debugger.SetSkipAllPausesParameterType, void];
  "Debugger.setBreakpointByUrl": [Debugger.SetBreakpointByUrlParameterType, Debugger.SetBreakpointByUrlReturnType];
  "Debugger.removeBreakpoint": [Debugger.RemoveBreakpointParameterType, void];
  "Debugger.evaluateOnCallFrame": [Debugger.EvaluateOnCallFrameParameterType & { timeout?: number }, Debugger.EvaluateOnCallFrameReturnType];
  "Debugger.pause": [undefined, void];
  "Debugger.resume": [{ terminateOnResume?: boolean } | undefined, void];
  "Debugger.stepOver": [undefined, void];
  "Debugger.stepInto": [undefined, void];
  "Debugger.stepOut": [undefined, void];
  "Runtime.evaluate": [Runtime.EvaluateParameterType & { timeout?: number; disableBreaks?: boolean; throwOnSideEffect?: boolean }, Runtime.EvaluateReturnType];
  "Runtime.callFunctionOn": [Runtime.CallFunctionOnParameterType, Runtime.CallFunctionOnReturnType];
  "Runtime.getProperties": [Runtime.GetPropertiesParameterType, Runtime.GetPropertiesReturnType];
  "Runtime.globalLexicalScopeNames": [undefined, { names: string[] }];
  "Runtime.releaseObjectGroup": [Runtime.ReleaseObjectGroupParameterType, void];
}

interface Events {
  "Debugger.scriptParsed": Debugger.ScriptParsedEventDataType;
  "Debugger.paused": Debugger.PausedEventDataType;
  "Debugger.resumed": object;
  "Debugger.breakpointResolved": Debugger.BreakpointResolvedEventDataType;
}

type Post = (method: string, params: object | undefined, answer: (failure: Error | null, result: unknown) => void) => void;

export class Inspector {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @returns V8's answer; rejects with what V8 says against the command. */
  post<Name extends keyof Commands>(method: Name, ...[params]: undefined extends Commands[Name][0] ? [params?: Commands[Name][0]] : [params: Commands[Name][0]]): Promise<Commands[Name][1]> {
    return new Promise((resolve, reject) => {
      (this.#session.post as Post).call(this.#session, method, params, (failure, result) => {
        if (failure === null) resolve(result as Commands[Name][1]);
        else reject(new Error(`${method}: ${failure.message}`));
      });
    });
  }

  on<Name extends keyof Events>(event: Name, listener: (params: Events[Name]) => void): void {
    this.#session.on(event as string, ({ params }: { params: Events[Name] }) => listener(params));
  }
}
