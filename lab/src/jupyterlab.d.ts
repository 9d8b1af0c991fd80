/**
 * The few members of JupyterLab 4.6 that are used here, declared by name and shape from its documentation
 * (https://jupyterlab.readthedocs.io/en/stable/api/), so that no copy of JupyterLab is downloaded for its types. When the
 * extension runs, these modules are the page's own (setup/lab.mjs); the tests in a real JupyterLab hold the shapes true.
 */
declare module "@lumino/widgets" {
  /** An element with a life: attached, detached, disposed. */
  export class Widget {
    constructor();
    readonly node: HTMLElement;
    readonly isAttached: boolean;
    readonly isDisposed: boolean;
    addClass(name: string): void;
    dispose(): void;
    protected onAfterAttach(message: unknown): void;
    protected onAfterDetach(message: unknown): void;
  }
}

declare module "@jupyterlab/notebook" {
  export const INotebookTracker: unknown;
}

declare module "@jupyterlab/rendermime" {
  export const IRenderMimeRegistry: unknown;
}

declare module "@jupyterlab/translation" {
  export const ITranslator: unknown;
}

/** Every stylesheet of lab/style in one text, put in by the build. */
declare module "nabla:style" {
  const css: string;
  export default css;
}
