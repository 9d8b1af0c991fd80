/** From which request each output of the child came, and so under which parent header it is published. */
import type { ChildRecord, DisplayRecord, JobId } from "../channel/records.ts";
import type { Header } from "../wire/message.ts";
import type { Publisher } from "./publisher.ts";

/** How many past requests can still get late output. */
const REMEMBERED = 20_000;

interface Request {
  readonly header: Header;
  readonly isSilent: boolean;
}

export class OutputRouter {
  readonly #publisher: Publisher;
  readonly #requests = new Map<JobId, Request>();
  #latest: Request | undefined;
  #executionCount = 0;

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  /** Makes a request known; what nothing claims goes to the latest cell. */
  add(header: Header, options: { readonly isSilent?: boolean; readonly executionCount?: number } = {}): void {
    const request = { header, isSilent: options.isSilent === true };
    this.#requests.set(header.msg_id, request);
    if (options.executionCount !== undefined) {
      this.#latest = request;
      this.#executionCount = options.executionCount;
    }
    if (this.#requests.size > REMEMBERED) this.#requests.delete(this.#requests.keys().next().value!);
  }

  /** The header of a request, or of the latest cell if it is not known. */
  header(job: JobId): Header | undefined {
    return (this.#requests.get(job) ?? this.#latest)?.header;
  }

  /**
   * Text that native code or a sub-process printed. A sub-process prints on pipes of its job's; what native code prints names
   * no request and goes to the latest cell, which for a thread of native code that prints late need not be its own.
   */
  printRaw(name: "stdout" | "stderr", text: string, job?: JobId): void {
    const request = (job === undefined ? undefined : this.#requests.get(job)) ?? this.#latest;
    if (request?.isSilent !== true) this.#publisher.print(request?.header, name, text);
  }

  /** Publishes an output record. */
  publish(record: Extract<ChildRecord, { type: "stream" | "display" | "clear" }>): void {
    const request = this.#requests.get(record.job) ?? this.#latest;
    if (request?.isSilent === true) return;
    const parent = request?.header;
    if (record.type === "stream") this.#publisher.print(parent, record.name, record.text);
    else if (record.type === "clear") this.#publisher.publish("clear_output", parent, { wait: record.wait });
    else this.#publishDisplay(parent, record);
  }

  #publishDisplay(parent: Header | undefined, { kind, data, metadata, id }: DisplayRecord): void {
    const content = { data, metadata, ...(kind === "execute_result" ? { execution_count: this.#executionCount } : { transient: { display_id: id } }) };
    this.#publisher.publishBundle(kind, parent, content);
  }
}
