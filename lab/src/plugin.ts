/**
 * The JupyterLab extension: makes the renderer of views known, and follows each notebook's kernel for the views that its
 * cells open. An application plugin rather than a MIME extension, because only that one sees kernels.
 */
/// <reference path="./jupyterlab.d.ts" />
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { ITranslator } from "@jupyterlab/translation";
import css from "nabla:style";
import type { NotebookPanel, NotebookTracker, RenderMimeRegistry, Translator } from "./jupyterlab-types.ts";
import { keepKeysInViews } from "./keyboard.ts";
import { RANK, rendererFactory } from "./mime.ts";
import { NotebookViews } from "./notebook-views.ts";
import { PageViews } from "./page-views.ts";
import { drawn } from "./view-host.ts";
import { kinds } from "./views/index.ts";

function activate(_app: unknown, registry: RenderMimeRegistry, tracker: NotebookTracker | null, translator: Translator | null): void {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);

  keepKeysInViews();

  const page = new PageViews(translator?.languageCode ?? "en");
  registry.addFactory(rendererFactory(page), RANK);
  const follow = (panel: NotebookPanel): void => {
    const known = [...page.documents].find((document) => document.shows(panel));
    if (known === undefined) new NotebookViews(page, panel);
    else known.add(panel);
  };
  tracker?.forEach(follow);
  tracker?.widgetAdded.connect((_, panel) => follow(panel));

  // For whoever looks for a leak in the browser's console, or tries a kind of view there.
  Object.assign(globalThis, { [Symbol.for("nabla.lab")]: { drawn, kinds, language: page.language } });
}

export default {
  id: "nabla-lab:views",
  description: "Live charts, tensors and the inside of networks, drawn in the notebook.",
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [INotebookTracker, ITranslator],
  activate,
};
