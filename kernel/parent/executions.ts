/** Execute requests: one cell at a time, in order, and none after an error that stops the queue. */
import type { CellReply, ErrorContent, ExecuteJob, ExpressionReply } from "../channel/records.ts";
import type { MimeBundle } from "../contracts.ts";
import type { Content, Header, Message } from "../wire/message.ts";
import type { History } from "./history.ts";
import type { OutputRouter } from "./output-router.ts";
import type { Session } from "./session.ts";

/** A cell that asks about a name: no TypeScript, and what other kernels have taught people to write. */
const QUESTION = /^\s*([\p{ID_Start}$_][\p{ID_Continue}$.]*)(\?\??)\s*$/u;

interface Execution {
  readonly request: Message;
  readonly source: string;
  readonly isSilent: boolean;
  readonly storesHistory: boolean;
  readonly stopsOnError: boolean;
  readonly userExpressions: Record<string, string>;
  executionCount: number;
}

/** What runs the cells. */
export interface CellHost {
  /** Sends a cell to the child, starting one if there is none. */
  execute(job: ExecuteJob): void;
  /** Whether a cell's types are to be looked at before it runs. @returns A promise of the error that forbids it, if so. */
  judge(job: ExecuteJob): Promise<ErrorContent | undefined> | undefined;
  /** Looks at the types of a cell that runs. */
  check(job: ExecuteJob, header: Header): void;
  /** What is known of a name, in forms by MIME type. @param detail 1 for its source as well. */
  explain(name: string, detail: 0 | 1): Promise<MimeBundle>;
}

function readRequest(request: Message): Execution {
  const { content } = request;
  const isSilent = content["silent"] === true;
  const expressions = (content["user_expressions"] ?? {}) as Content;
  return {
    request,
    source: String(content["code"] ?? ""),
    isSilent,
    storesHistory: !isSilent && content["store_history"] !== false,
    stopsOnError: content["stop_on_error"] !== false,
    userExpressions: Object.fromEntries(Object.entries(expressions).map(([name, text]) => [name, String(text)])),
    executionCount: 0,
  };
}

export class Executions {
  readonly #session: Session;
  readonly #router: OutputRouter;
  readonly #history: History;
  readonly #host: CellHost;
  readonly #queue: Execution[] = [];
  #running: Execution | undefined;
  /** What has been sent to be run, and not been answered. */
  #sent: ExecuteJob | undefined;
  /** The one that runs, as long as its types are looked at first. */
  #examined: Execution | undefined;
  #executionCount = 0;
  #cells = 0;

  constructor(session: Session, router: OutputRouter, history: History, host: CellHost) {
    this.#session = session;
    this.#router = router;
    this.#history = history;
    this.#host = host;
  }

  /** The request whose cell runs now. */
  get running(): Message | undefined {
    return this.#running?.request;
  }

  /** The cell that the child has been sent, and has not answered. */
  get sent(): ExecuteJob | undefined {
    return this.#sent;
  }

  /** Takes an `execute_request`. */
  add(request: Message): void {
    this.#queue.push(readRequest(request));
    this.#next();
  }

  /** Takes the text form of the running cell's value. */
  setValue(text: string): void {
    if (this.#running?.storesHistory === true) this.#history.setOutput(text);
  }

  /** Takes the child's reply to the cell that runs. */
  finish(reply: CellReply): void {
    const execution = this.#running;
    if (execution === undefined || execution.request.header.msg_id !== reply.job) return;
    if (reply.error === undefined) this.#succeed(execution, reply.userExpressions);
    else this.#fail(execution, reply.error);
  }

  /** Ends a cell that has not begun to run. @returns Whether there was one. */
  failExamined(error: ErrorContent): boolean {
    const execution = this.#examined;
    this.#examined = undefined;
    if (execution !== undefined) this.#fail(execution, error);
    return execution !== undefined;
  }

  /** The child has ended under the cell that runs. @returns Whether there was one. */
  failRunning(error: ErrorContent): boolean {
    if (this.#running === undefined) return false;
    this.#fail(this.#running, error);
    return true;
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const execution = this.#queue.shift();
    if (execution === undefined) return;
    this.#running = execution;
    const { request, source, isSilent, storesHistory } = execution;
    const { header } = request;
    if (storesHistory) this.#executionCount++;
    const executionCount = (execution.executionCount = this.#executionCount);
    this.#router.add(header, { isSilent, executionCount });
    const cellId = request.metadata["cellId"];
    const job: ExecuteJob = {
      type: "execute",
      job: header.msg_id,
      url: `cell:${++this.#cells}`,
      serial: this.#cells,
      source,
      executionCount,
      silent: isSilent,
      allowStdin: request.content["allow_stdin"] === true,
      userExpressions: execution.userExpressions,
      ...(typeof cellId === "string" && { cellId }),
    };
    const asked = QUESTION.exec(source);
    const judged = asked === null ? this.#host.judge(job) : undefined;
    const runsAtOnce = asked === null && judged === undefined;
    // The child sets to work while this process says so; nothing that it answers is read before.
    if (runsAtOnce) this.#send(job);
    this.#session.startCell(header);
    if (!isSilent) this.#session.publisher.publish("execute_input", header, { code: source, execution_count: executionCount });
    if (storesHistory) this.#history.add(executionCount, source);
    if (runsAtOnce) return this.#host.check(job, header);
    this.#examined = execution;
    if (asked !== null) return this.#explain(execution, asked[1]!, asked[2] === "??" ? 1 : 0);
    void judged!.then((error) => {
      if (this.#examined !== execution) return;
      this.#examined = undefined;
      if (error === undefined) this.#send(job);
      else this.#fail(execution, error);
    });
  }

  #send(job: ExecuteJob): void {
    this.#sent = job;
    this.#host.execute(job);
  }

  /** Answers `name?` and `name??` as other kernels do, with a page for the front end to show. */
  #explain(execution: Execution, name: string, detail: 0 | 1): void {
    const end = (data: MimeBundle): void => {
      if (this.#examined !== execution) return;
      this.#examined = undefined;
      this.#succeed(execution, {}, [{ source: "page", start: 0, data }]);
    };
    this.#host.explain(name, detail).then(end, (error: unknown) => end({ "text/plain": String(error) }));
  }

  #succeed(execution: Execution, userExpressions: Record<string, ExpressionReply>, payload: readonly object[] = []): void {
    this.#end(execution, { status: "ok", user_expressions: userExpressions, payload });
    this.#next();
  }

  #fail(execution: Execution, error: ErrorContent): void {
    if (!execution.isSilent) this.#session.publisher.publish("error", execution.request.header, { ...error });
    const aborted = execution.stopsOnError && !execution.isSilent ? this.#queue.splice(0) : [];
    this.#end(execution, { status: "error", ...error, user_expressions: {}, payload: [] });
    for (const each of aborted) this.#abort(each);
    this.#next();
  }

  #end(execution: Execution, content: object): void {
    const { request, executionCount } = execution;
    this.#running = undefined;
    this.#sent = undefined;
    this.#session.publisher.inTurn(() => this.#session.reply("shell", request, { ...content, execution_count: executionCount }));
    this.#session.endCell(request.header);
  }

  /** A cell that was queued behind one that failed. "aborted" is the status that front ends know from other kernels. */
  #abort({ request }: Execution): void {
    this.#session.busy(request.header);
    const content = { status: "aborted", execution_count: this.#executionCount, user_expressions: {}, payload: [] };
    this.#session.publisher.inTurn(() => this.#session.reply("shell", request, content));
    this.#session.idle(request.header);
  }
}
