/**
 * The kernel on one page: which message goes where.
 *
 * The parent's thread speaks the protocol and nothing else. Cells run in the child process, types are looked at in the
 * language worker, pictures are drawn in a worker of theirs.
 */
import { randomUUID } from "node:crypto";
import { ChartPictures } from "../charts/pictures.ts";
import type { ChildRecord, ExecuteJob, ParentRecord } from "../channel/records.ts";
import type { Connection, PortName } from "../wire/connection.ts";
import type { Message } from "../wire/message.ts";
import { Channels } from "./channels.ts";
import type { RequestChannel } from "./channels.ts";
import { ChildProcess } from "./child-process.ts";
import { CommRegistry } from "./comm-registry.ts";
import { DebugRelay } from "./debug-relay.ts";
import type { Death } from "./death.ts";
import { Executions } from "./executions.ts";
import { History } from "./history.ts";
import { historyFolder, HistoryStore } from "./history-store.ts";
import { InputRequests } from "./input-requests.ts";
import { interrupted } from "./interruption.ts";
import { kernelInfo } from "./kernel-info.ts";
import { LanguageClient } from "./language-client.ts";
import { OutputRouter } from "./output-router.ts";
import { Publisher } from "./publisher.ts";
import { PublishedPorts, register } from "./registration.ts";
import { Session } from "./session.ts";
import { TypeChecks } from "./type-checks.ts";
import { Usage } from "./usage.ts";
import { WritingAid } from "./writing-aid.ts";

/** Answers one kind of request: the reply's content, now or later. */
type Answer = (request: Message) => object | Promise<object>;

/** A promise that is settled from outside. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

export class Kernel {
  readonly #connection: Connection;
  readonly #channels: Channels;
  readonly #pictures = new ChartPictures();
  readonly #publisher: Publisher;
  readonly #session: Session;
  readonly #router: OutputRouter;
  readonly #history = new History(new HistoryStore(historyFolder(process.env)));
  readonly #usage = new Usage();
  readonly #language = new LanguageClient();
  readonly #writing = new WritingAid(this.#language);
  readonly #types: TypeChecks;
  readonly #executions: Executions;
  readonly #comms: CommRegistry;
  readonly #inputs: InputRequests;
  readonly #debug: DebugRelay;
  #child: ChildProcess | undefined;
  readonly #connectionFile: string;
  #ports: Record<PortName, number> | undefined;
  #publishedPorts: PublishedPorts | undefined;
  readonly #closed = deferred();
  #isClosing = false;

  /** What is answered at once, even while a cell runs. */
  readonly #answers: Readonly<Record<string, Answer>> = {
    kernel_info_request: () => kernelInfo(),
    comm_info_request: ({ content }) => this.#comms.info(content),
    history_request: ({ content }) => this.#history.answer(content),
    is_complete_request: ({ content }) => this.#writing.isComplete(content),
    complete_request: ({ content }) => this.#writing.complete(content),
    inspect_request: ({ content }) => this.#writing.inspect(content),
    debug_request: (request) => {
      if (this.#child === undefined) this.#startChild();
      return this.#debug.request(request);
    },
    interrupt_request: () => {
      this.interrupt();
      return { status: "ok" };
    },
    connect_request: () => ({ status: "ok", ...this.#ports }),
    usage_request: () => this.#usage.answer(),
  };

  /** @param connectionFile Where the connection was read from. */
  constructor(connection: Connection, connectionFile: string) {
    this.#connection = connection;
    this.#connectionFile = connectionFile;
    this.#channels = new Channels(connection, randomUUID());
    this.#publisher = new Publisher(this.#channels, this.#pictures);
    this.#types = new TypeChecks(this.#language, this.#publisher);
    this.#session = new Session(this.#channels, this.#publisher);
    this.#router = new OutputRouter(this.#publisher);
    this.#executions = new Executions(this.#session, this.#router, this.#history, {
      execute: (job) => this.#execute(job),
      judge: (job) => this.#types.judge(job),
      check: (job, header) => this.#types.check(job, header),
      explain: (name, detail) => this.#writing.explain(name, detail),
    });
    this.#comms = new CommRegistry(this.#session, this.#router, (mail, buffers) => this.#toChild(mail, buffers));
    this.#debug = new DebugRelay(this.#publisher, (record) => this.#toChild(record));
    this.#inputs = new InputRequests(this.#session, (request, value) => this.#toChild({ type: "input-reply", request, value }));
  }

  /**
   * Starts the child and listens.
   * @throws ConnectionFileError when there is a launcher to be told the ports and it does not answer.
   */
  async start(): Promise<void> {
    this.#startChild();
    const connection = this.#connection;
    const ports = (this.#ports = await this.#channels.bind(connection));
    if (connection.registration !== undefined) {
      this.#publishedPorts = new PublishedPorts(this.#connectionFile, connection, ports);
      await register(connection, connection.registration, ports);
    }
    this.#session.starting();
    this.#channels.listen((channel, message) => this.#dispatch(channel, message));
  }

  /** Stops what the child is doing; its variables are kept. */
  interrupt(): void {
    if (this.#executions.failExamined(interrupted())) return;
    this.#inputs.forget();
    const job = this.#executions.sent;
    this.#toChild({ type: "interrupt", ...(job !== undefined && { job }) });
  }

  /** Resolves when a front end has shut the kernel down, or `close` was called, and everything is closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Ends the child and the sockets. */
  async close(): Promise<void> {
    if (this.#isClosing) return this.closed;
    this.#isClosing = true;
    await this.#child?.shutDown();
    await this.#publisher.drained();
    await this.#channels.close();
    this.#publishedPorts?.remove();
    await Promise.all([this.#language.close(), this.#pictures.close(), this.#history.close()]);
    this.#closed.resolve();
  }

  #dispatch(channel: RequestChannel, message: Message): void {
    const { msg_type: type } = message.header;
    if (type === "input_reply") return this.#inputs.reply(message);
    if (type === "execute_request") return this.#executions.add(message);
    if (type === "comm_open" || type === "comm_msg" || type === "comm_close") return this.#comms.fromFrontEnd(message);
    if (type === "shutdown_request") return this.#shutDown(channel, message);
    // A type is what somebody has sent: "constructor" is not to find what every object has.
    const answer = Object.hasOwn(this.#answers, type) ? this.#answers[type] : undefined;
    if (answer === undefined) {
      process.stderr.write(`nabla kernel: ${channel}: dropped a message of unknown type ${JSON.stringify(type)}\n`);
      return;
    }
    void this.#answer(channel, message, answer);
  }

  async #answer(channel: RequestChannel, request: Message, answer: Answer): Promise<void> {
    this.#session.busy(request.header);
    let content: object;
    try {
      const answered = answer(request);
      content = answered instanceof Promise ? await answered : answered;
    } catch (error) {
      const { name, message, stack } = error as Error;
      content = { status: "error", ename: name, evalue: message, traceback: String(stack).split("\n") };
    }
    this.#session.reply(channel, request, content);
    this.#session.idle(request.header);
  }

  #shutDown(channel: RequestChannel, request: Message): void {
    this.#session.busy(request.header);
    this.#session.reply(channel, request, { status: "ok", restart: request.content["restart"] === true });
    this.#session.idle(request.header);
    void this.close();
  }

  #execute(job: ExecuteJob): void {
    if (this.#child === undefined) this.#startChild();
    this.#child?.run(job);
  }

  #toChild(record: ParentRecord, buffers?: readonly Uint8Array[]): void {
    this.#child?.send(record, buffers);
  }

  #startChild(): void {
    this.#child = new ChildProcess({
      onRecord: (record, buffers) => this.#onRecord(record, buffers),
      onDebugRecord: (record) => this.#debug.fromChild(record),
      onRawText: (name, text, job) => this.#router.printRaw(name, text, job),
      isCongested: () => this.#publisher.isCongested,
      onDeath: (death) => this.#onDeath(death),
    });
    this.#debug.childStarted();
  }

  #onRecord(record: ChildRecord, buffers: Uint8Array[]): void {
    switch (record.type) {
      case "stream":
      case "clear":
        return this.#router.publish(record);
      case "display":
        if (record.kind === "execute_result") this.#executions.setValue(String(record.data["text/plain"] ?? ""));
        return this.#router.publish(record);
      case "reply":
        this.#inputs.forget();
        this.#types.ended(record);
        this.#executions.finish(record);
        return;
      case "comm-open":
      case "comm-msg":
      case "comm-close":
        return this.#comms.fromChild(record, buffers, this.#runningCellId());
      case "mail-begin":
        return this.#comms.handling(record.job, "begin");
      case "mail-end":
        return this.#comms.handling(record.job, "end");
      case "input":
        return this.#inputs.ask(record, this.#executions.running);
      case "ready":
      case "exit":
      case "pipes-open":
      case "pipes-close":
        return;
    }
  }

  #onDeath({ error, wasReady }: Death): void {
    this.#child = undefined;
    this.#types.forget();
    this.#inputs.forget();
    const parent = this.#router.header("");
    this.#comms.closeAll(parent);
    this.#debug.childEnded();
    // A child that never got ready is tried again when the next cell asks for it, not in a circle.
    if (wasReady) this.#startChild();
    const { traceback } = error;
    if (!this.#executions.failRunning(error)) this.#publisher.print(parent, "stderr", `${traceback.join("\n")}\n`);
  }

  /** The cell of the notebook whose code runs; front ends that know it send it along. */
  #runningCellId(): string | undefined {
    const cellId = this.#executions.running?.metadata["cellId"];
    return typeof cellId === "string" ? cellId : undefined;
  }
}
