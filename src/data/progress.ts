/**
 * Shows how far a download is: in a notebook one display that is updated in place, in a terminal one line on stderr that
 * is written over, elsewhere nothing.
 */
import { display, notebookHost } from "../host.ts";
import type { DisplayHandle } from "../host.ts";

const BAR_LENGTH = 24;
const UPDATES_PER_SECOND = 8;

/** A progress line. Nothing is shown before the first `update`. */
export interface Progress {
  /** Shows that `received` of `total` bytes of the named part are there. */
  update(part: string, received: number, total: number | undefined): void;
  /** Replaces the bar by a closing sentence, if a bar was shown. */
  end(sentence: string): void;
}

/** Starts a progress line for the thing that is loaded. */
export function startProgress(title: string): Progress {
  let line: Line | undefined;
  let nextUpdate = 0;
  return {
    update(part, received, total) {
      const now = performance.now();
      if (now < nextUpdate && received !== total) return;
      nextUpdate = now + 1000 / UPDATES_PER_SECOND;
      line ??= openLine();
      line.show(`${title}: ${part} ${progressBar(received, total)}`);
    },
    end(sentence) {
      line?.show(sentence);
      line?.close();
      line = undefined;
    },
  };
}

/** A bar such as `██████░░░░ 5.9 of 9.9 MB`; without a known total, only what has arrived. */
export function progressBar(received: number, total: number | undefined): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  if (total === undefined || total < received) return `${megabytes(received)} MB`;
  const filled = Math.round((BAR_LENGTH * received) / total);
  return `${"█".repeat(filled)}${"░".repeat(BAR_LENGTH - filled)} ${megabytes(received)} of ${megabytes(total)} MB`;
}

/** A place where one line of text is shown and replaced. */
interface Line {
  show(text: string): void;
  close(): void;
}

const NOWHERE: Line = { show: () => {}, close: () => {} };

function openLine(): Line {
  if (notebookHost() !== undefined) return notebookLine();
  if (!process.stderr.isTTY) return NOWHERE;
  const clearLine = "\r\u001b[K";
  return {
    show: (text) => process.stderr.write(clearLine + text),
    close: () => process.stderr.write("\n"),
  };
}

/** One display of plain text, updated in place. */
function notebookLine(): Line {
  let shown: DisplayHandle | undefined;
  return {
    show: (text) => {
      const value = { [Symbol.for("Jupyter.display")]: () => ({ "text/plain": text }) };
      if (shown === undefined) shown = display(value);
      else shown.update(value);
    },
    close: () => {},
  };
}
