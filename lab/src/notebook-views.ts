/**
 * The views of one open notebook: the comms of its kernel, found again after the page was loaded anew; outputs that are
 * missing put back into their cells; the document saved when a live view begins and when it ends.
 */
import type { SavedView, ViewOpening } from "../../src/view/wire.ts";
import { Channel } from "./channel.ts";
import type { CommMessage, IopubMessage, Kernel, KernelStatus, NotebookPanel, OutputModel, PageComm } from "./jupyterlab-types.ts";
import { MIME } from "./mime.ts";
import type { PageViews } from "./page-views.ts";
import { saveInTurn } from "./saves.ts";

const TARGET = "nabla.view";
/** Saves gather for this long. Milliseconds. */
const SAVE_AFTER = 300;

interface DisplayContent {
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly transient?: { readonly display_id?: string };
}

export class NotebookViews {
  readonly #page: PageViews;
  readonly #panels = new Set<NotebookPanel>();
  readonly #first: NotebookPanel;
  readonly #channels = new Map<string, Channel>();
  /** Comms that were found and have not said yet what they are. */
  readonly #found = new Set<string>();
  /** Views whose output is not in the document and was asked for. */
  readonly #missing = new Set<string>();
  /** Live views that have been opened in this page and whose output has not come yet. */
  readonly #beginning = new Set<string>();
  #kernel: Kernel | undefined;
  #unhook: (() => void) | undefined;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(page: PageViews, panel: NotebookPanel) {
    this.#page = page;
    this.#first = panel;
    this.add(panel);
    saveInTurn(panel.context);
    page.documents.add(this);
    const { sessionContext } = panel;
    sessionContext.kernelChanged.connect((_, { newValue }) => this.#hook(newValue));
    this.#hook(sessionContext.session?.kernel ?? null);
  }

  /** Another tab shows the same document. */
  add(panel: NotebookPanel): void {
    this.#panels.add(panel);
    panel.disposed.connect(() => {
      this.#panels.delete(panel);
      if (this.#panels.size === 0) this.#dispose();
    });
  }

  shows(panel: NotebookPanel): boolean {
    return panel.context === this.#first.context;
  }

  contains(node: HTMLElement): boolean {
    return [...this.#panels].some((panel) => panel.node.contains(node));
  }

  channelOf(id: string | undefined): Channel | undefined {
    return id === undefined ? undefined : this.#channels.get(id);
  }

  /** The person has removed the output: the library need not keep what it shows. A tab that is closed removes nothing. */
  forgetIfAbsent(id: string): void {
    if (this.#panels.size === 0 || this.#page.isDrawn(id) || this.#outputsOf(id).length > 0) return;
    const channel = this.#channels.get(id);
    this.#channels.delete(id);
    channel?.release();
  }

  #dispose(): void {
    this.#unhook?.();
    clearTimeout(this.#saving);
    this.#channels.clear();
    this.#page.documents.delete(this);
  }

  #hook(kernel: Kernel | null): void {
    if (kernel === this.#kernel) return;
    this.#unhook?.();
    this.#closeAll();
    this.#kernel = kernel ?? undefined;
    if (kernel === null || !kernel.handleComms) return;
    const opened = (comm: PageComm, opening: CommMessage): void => this.#opened(comm, opening);
    const status = (_: Kernel, now: KernelStatus): void => {
      if (["restarting", "autorestarting", "dead", "terminating"].includes(now)) this.#closeAll();
    };
    let wasConnected = true;
    const connection = (_: Kernel, now: "connected" | "connecting" | "disconnected"): void => {
      const isConnected = now === "connected";
      if (isConnected === wasConnected) return;
      wasConnected = isConnected;
      for (const channel of this.#channels.values()) {
        if (isConnected) channel.openLinks();
        else channel.closeLinks("disconnected");
      }
      if (isConnected) void this.#find(kernel);
    };
    const iopub = (_: Kernel, message: IopubMessage): void => {
      // After JupyterLab's own handling, which knows only the outputs that this page has received.
      if (message.header.msg_type === "update_display_data") setTimeout(() => this.#updated(message.content as DisplayContent));
    };
    kernel.registerCommTarget(TARGET, opened);
    kernel.statusChanged.connect(status);
    kernel.connectionStatusChanged.connect(connection);
    kernel.iopubMessage.connect(iopub);
    this.#unhook = () => {
      this.#unhook = undefined;
      if (kernel.isDisposed) return;
      kernel.removeCommTarget(TARGET, opened);
      kernel.statusChanged.disconnect(status);
      kernel.connectionStatusChanged.disconnect(connection);
      kernel.iopubMessage.disconnect(iopub);
    };
    void this.#find(kernel);
  }

  /** A cell of this page has opened a view. */
  #opened(comm: PageComm, { content, metadata }: CommMessage): void {
    const opening = content.data as ViewOpening;
    const channel = this.#channel(comm, metadata["cellId"]);
    channel.opening = opening;
    channel.hello(opening.seq);
    if (opening.live) this.#beginning.add(opening.id);
    this.#take(channel, opening);
  }

  /** An output of the view stands in the page: of a live one, the file should know. */
  drawn(id: string): void {
    if (this.#beginning.delete(id)) this.#saveSoon();
  }

  /** Asks the kernel for the comms of views that this page does not know: it was loaded while they were open. */
  async #find(kernel: Kernel): Promise<void> {
    let comms;
    try {
      await Promise.all([kernel.info, this.#first.context.ready]);
      comms = (await kernel.requestCommInfo({ target_name: TARGET })).content.comms ?? {};
    } catch {
      // It has ended or was restarted before it answered: there are none left to find, and a new connection asks again.
      return;
    }
    if (kernel !== this.#kernel || kernel.isDisposed) return;
    for (const [id, { cellId }] of Object.entries(comms)) {
      if (kernel.hasComm(id) || this.#found.has(id)) continue;
      this.#found.add(id);
      this.#channel(kernel.createComm(TARGET, id), cellId).who();
    }
  }

  #channel(comm: PageComm, cellId: unknown): Channel {
    const closed = (channel: Channel): void => {
      channel.closeLinks("released");
      if (channel.opening !== undefined && this.#channels.get(channel.opening.id) === channel) this.#channels.delete(channel.opening.id);
    };
    const here = (channel: Channel): void => {
      this.#found.delete(channel.commId);
      if (channel.opening === undefined || this.#channels.has(channel.opening.id)) return;
      this.#take(channel, channel.opening);
      this.#restore(channel, channel.opening);
    };
    return new Channel(comm, typeof cellId === "string" ? cellId : undefined, here, closed);
  }

  #take(channel: Channel, { id }: ViewOpening): void {
    this.#channels.set(id, channel);
    this.#page.reattach(id);
  }

  /**
   * The output is asked for where the document, saved before the view was shown, lacks it; and of a live view where it is
   * older than what there is: the run may have ended while no page was there to write it down.
   */
  #restore(channel: Channel, { id, seq, live }: ViewOpening): void {
    const outputs = this.#outputsOf(id);
    if (outputs.length > 0) {
      if (live && outputs.every(({ data }) => (data[MIME] as SavedView).seq < seq)) channel.show();
      return;
    }
    if (this.#cell(channel.cellId) === undefined) return;
    this.#missing.add(id);
    channel.show();
  }

  /** An output was shown anew: brings the outputs of this document up to it, or puts a missing one back. */
  #updated({ data, metadata, transient }: DisplayContent): void {
    const channel = this.channelOf(transient?.display_id);
    const saved = data[MIME] as SavedView | undefined;
    if (channel === undefined || saved === undefined) return;
    const outputs = this.#outputsOf(saved.id);
    for (const output of outputs) {
      const has = output.data[MIME] as SavedView;
      if (has.seq < saved.seq || has.ended !== saved.ended) output.setData({ data: { ...data }, metadata: { ...metadata } });
    }
    if (this.#missing.delete(saved.id) && outputs.length === 0) {
      this.#cell(channel.cellId)?.outputs?.add({ output_type: "display_data", data, metadata });
    }
    if (channel.opening?.live === true) this.#saveSoon();
  }

  #saveSoon(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      const { context } = this.#first;
      // Where it fails, or the person says no, JupyterLab has said so.
      if (!context.isDisposed && !context.model.readOnly) context.save().catch(() => undefined);
    }, SAVE_AFTER);
  }

  /** The library has gone: what it had said of a live view is drawn, and not in the document. */
  #keepWhatIsDrawn(id: string): void {
    const snapshot = this.#page.snapshotOf(id);
    if (snapshot === undefined) return;
    for (const output of this.#outputsOf(id)) {
      const saved = output.data[MIME] as SavedView;
      if (saved.seq >= snapshot.seq || saved.ended === true) continue;
      output.setData({ data: { ...output.data, [MIME]: { ...saved, ...snapshot, ended: true } }, metadata: { ...output.metadata } });
      this.#saveSoon();
    }
  }

  #closeAll(): void {
    for (const { opening } of this.#channels.values()) if (opening?.live === true) this.#keepWhatIsDrawn(opening.id);
    for (const channel of this.#channels.values()) channel.closeLinks("gone");
    this.#channels.clear();
    this.#found.clear();
    this.#missing.clear();
    this.#beginning.clear();
  }

  #cell(id: string | undefined): { readonly outputs?: { add(output: object): number } } | undefined {
    const { cells } = this.#first.context.model;
    for (let index = 0; index < cells.length; index++) {
      const cell = cells.get(index);
      if (cell.id === id && cell.type === "code") return cell;
    }
    return undefined;
  }

  /** The outputs of the document that hold the view. */
  #outputsOf(id: string): OutputModel[] {
    const found: OutputModel[] = [];
    const { cells } = this.#first.context.model;
    for (let index = 0; index < cells.length; index++) {
      const { outputs } = cells.get(index);
      for (let at = 0; at < (outputs?.length ?? 0); at++) {
        const output = outputs!.get(at);
        if ((output.data[MIME] as SavedView | undefined)?.id === id) found.push(output);
      }
    }
    return found;
  }
}
