/**
 * The shapes of JupyterLab's objects as they are used here: documents with cells and outputs, kernels with comms, the
 * registry of renderers. Only what is used is declared.
 */

/** Something that tells listeners. */
export interface Signal<Sender, Args> {
  connect(listener: (sender: Sender, args: Args) => void): boolean;
  disconnect(listener: (sender: Sender, args: Args) => void): boolean;
}

/** The page's end of a comm. */
export interface PageComm {
  readonly commId: string;
  readonly isDisposed: boolean;
  send(data: object): unknown;
  close(data?: object): unknown;
  onMsg: (message: CommMessage) => void;
  onClose: (message: CommMessage) => void;
}

export interface CommMessage {
  readonly content: { readonly data: unknown };
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

export interface IopubMessage {
  readonly header: { readonly msg_type: string };
  readonly content: unknown;
}

export type KernelStatus = "unknown" | "starting" | "idle" | "busy" | "terminating" | "restarting" | "autorestarting" | "dead";

export interface Kernel {
  readonly id: string;
  readonly isDisposed: boolean;
  readonly handleComms: boolean;
  readonly info: Promise<unknown>;
  readonly statusChanged: Signal<Kernel, KernelStatus>;
  readonly connectionStatusChanged: Signal<Kernel, "connected" | "connecting" | "disconnected">;
  readonly iopubMessage: Signal<Kernel, IopubMessage>;
  registerCommTarget(name: string, callback: (comm: PageComm, opening: CommMessage) => void): void;
  removeCommTarget(name: string, callback: (comm: PageComm, opening: CommMessage) => void): void;
  requestCommInfo(content: { target_name?: string }): Promise<{ content: { status: string; comms?: Record<string, { target_name: string; cellId?: string }> } }>;
  hasComm(id: string): boolean;
  createComm(target: string, id?: string): PageComm;
}

/** The forms of one output, as a renderer is given them. */
export interface MimeModel {
  readonly trusted: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  setData(options: { data?: Record<string, unknown>; metadata?: Record<string, unknown> }): void;
}

export interface OutputModel extends MimeModel {
  readonly type: string;
}

export interface OutputAreaModel {
  readonly length: number;
  get(index: number): OutputModel;
  add(output: object): number;
}

export interface CellModel {
  readonly id: string;
  readonly type: string;
  readonly outputs?: OutputAreaModel;
}

export interface SessionContext {
  readonly session: { readonly kernel: Kernel | null } | null;
  readonly kernelChanged: Signal<SessionContext, { readonly newValue: Kernel | null }>;
}

export interface DocumentContext {
  readonly path: string;
  readonly ready: Promise<void>;
  readonly isDisposed: boolean;
  readonly model: { readonly readOnly: boolean; readonly cells: { readonly length: number; get(index: number): CellModel } };
  save(): Promise<void>;
}

/** A notebook open in a tab. */
export interface NotebookPanel {
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  readonly disposed: Signal<NotebookPanel, void>;
  readonly context: DocumentContext;
  readonly sessionContext: SessionContext;
}

export interface NotebookTracker {
  readonly widgetAdded: Signal<NotebookTracker, NotebookPanel>;
  forEach(visit: (panel: NotebookPanel) => void): void;
}

export interface Translator {
  /** Such as `en` or `zh_CN`. */
  readonly languageCode: string;
}

/** What makes renderers of some MIME types. */
export interface RendererFactory {
  readonly safe: boolean;
  readonly mimeTypes: readonly string[];
  createRenderer(options: { readonly mimeType: string }): object;
}

export interface RenderMimeRegistry {
  addFactory(factory: RendererFactory, rank?: number): void;
}
