/**
 * What the kernel says on iopub, in the order in which it happened.
 *
 * Printed text is gathered and goes out about twenty times a second, and before any message of another kind. A chart waits
 * for its picture, and what follows waits behind it, so that nothing overtakes. Of a chart that is shown again and again in
 * its place one picture is drawn at a time, and what is newer takes the place of what waits: however long drawing takes, it
 * keeps up with the run that the chart shows.
 */
import { pictureMetadata } from "../charts/pictures.ts";
import type { MimeBundle } from "../contracts.ts";
import type { Header, Outgoing } from "../wire/message.ts";

/** How long printed text is gathered. Milliseconds. */
const FLUSH_AFTER = 50;
/** How much printed text is gathered at most, and is in one message. UTF-16 units. */
const FLUSH_AT = 1 << 18;

/** How many messages may wait for a picture before the child is made to wait as well. */
const CONGESTED_AT = 500;

/** Adds a picture to a bundle that shows a chart. */
export interface Pictures {
  complete(bundle: MimeBundle): Promise<MimeBundle>;
}

/** Where messages go. */
export interface Outlet {
  /** Whether more messages wait than is good. */
  readonly isCongested: boolean;
  send(channel: "iopub", message: Outgoing): void;
}

interface Slot {
  /** Says what is to be said. Not there while a message waits for its picture. */
  say: (() => void) | undefined;
}

/** A chart that waits until the one that was there before it in its place is drawn. */
interface Next {
  readonly slot: Slot;
  draw(): void;
}

interface BundleContent {
  readonly data: MimeBundle;
  readonly metadata: object;
  readonly transient?: { readonly display_id?: string };
}

interface Printed {
  readonly parent: Header | undefined;
  readonly name: string;
  readonly pieces: string[];
  length: number;
}

export class Publisher {
  readonly #outlet: Outlet;
  readonly #pictures: Pictures;
  #slots: Slot[] = [];
  /** By the name of its display: what waits for the picture that is being drawn. */
  readonly #drawn = new Map<string, Next | undefined>();
  #printed: Printed | undefined;
  #timer: NodeJS.Timeout | undefined;
  #whenEmpty: (() => void)[] = [];

  constructor(outlet: Outlet, pictures: Pictures) {
    this.#outlet = outlet;
    this.#pictures = pictures;
  }

  /** Whether a loop in the child says more than can be sent; it is to be slowed down rather than gathered in memory. */
  get isCongested(): boolean {
    return this.#slots.length > CONGESTED_AT || this.#outlet.isCongested;
  }

  /** Publishes a message, after all that was published before it. */
  publish(type: string, parent: Header | undefined, content: object, extra: { metadata?: object; buffers?: readonly Uint8Array[] } = {}): void {
    this.flush();
    this.#send({ identities: [Buffer.from(type)], type, parent, content, ...extra });
  }

  /**
   * Does something after all that was published before it. Replies to cells go this way: clients such as nbclient give
   * what is left on iopub a few seconds after the reply, and a picture may take longer on a busy machine.
   */
  inTurn(action: () => void): void {
    this.flush();
    this.#push({ say: action });
  }

  /** Publishes a value in its forms; a chart gets its picture first. */
  publishBundle(type: string, parent: Header | undefined, content: BundleContent): void {
    if (!Object.keys(content.data).some((mime) => mime.startsWith("application/vnd.vega"))) return this.publish(type, parent, content);
    this.flush();
    const slot: Slot = { say: undefined };
    const place = content.transient?.display_id;
    const draw = (): void => {
      const fill = (data: MimeBundle): void => {
        const metadata = { ...pictureMetadata(data), ...content.metadata };
        slot.say = () => this.#outlet.send("iopub", { identities: [Buffer.from(type)], type, parent, content: { ...content, data, metadata } });
        this.#drain();
        if (place !== undefined) this.#drawNext(place);
      };
      this.#pictures.complete(content.data).then(fill, (error: unknown) => {
        process.stderr.write(`nabla kernel: a chart goes without its picture: ${String(error)}\n`);
        fill(content.data);
      });
    };
    if (type === "update_display_data" && place !== undefined && this.#drawn.has(place)) {
      const older = this.#drawn.get(place);
      this.#drawn.set(place, { slot, draw });
      if (older !== undefined) older.slot.say = () => {};
      return this.#push(slot);
    }
    if (place !== undefined && !this.#drawn.has(place)) this.#drawn.set(place, undefined);
    this.#push(slot);
    draw();
  }

  /** Publishes printed text, a little later. */
  print(parent: Header | undefined, name: "stdout" | "stderr", text: string): void {
    const printed = this.#printed;
    if (printed !== undefined && printed.parent === parent && printed.name === name) {
      printed.pieces.push(text);
      printed.length += text.length;
    } else {
      this.flush();
      this.#printed = { parent, name, pieces: [text], length: text.length };
      this.#timer = setTimeout(() => this.flush(), FLUSH_AFTER);
    }
    if (this.#printed!.length > FLUSH_AT) this.flush();
  }

  /** Sends the printed text that was gathered. */
  flush(): void {
    const printed = this.#printed;
    if (printed === undefined) return;
    clearTimeout(this.#timer);
    this.#printed = undefined;
    const { parent, name, pieces } = printed;
    const all = pieces.join("");
    for (let start = 0; start < all.length; ) {
      let end = Math.min(all.length, start + FLUSH_AT);
      // Not between the two halves of a character.
      if (/[\uD800-\uDBFF]/.test(all[end - 1]!) && end < all.length) end--;
      this.#send({ identities: [Buffer.from("stream")], type: "stream", parent, content: { name, text: all.slice(start, end) } });
      start = end;
    }
  }

  /** Resolves when nothing waits for a picture any more. */
  async drained(): Promise<void> {
    this.flush();
    if (this.#slots.length > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  /** A picture of this display is drawn: now the newest that has come meanwhile. */
  #drawNext(place: string): void {
    const next = this.#drawn.get(place);
    if (next === undefined) return void this.#drawn.delete(place);
    this.#drawn.set(place, undefined);
    next.draw();
  }

  #send(message: Outgoing): void {
    this.#push({ say: () => this.#outlet.send("iopub", message) });
  }

  #push(slot: Slot): void {
    this.#slots.push(slot);
    this.#drain();
  }

  #drain(): void {
    while (this.#slots[0]?.say !== undefined) this.#slots.shift()!.say!();
    if (this.#slots.length > 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}
