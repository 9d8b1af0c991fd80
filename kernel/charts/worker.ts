/** The thread in which charts are drawn: Vega takes tens of milliseconds, which the protocol's thread does not have. */
import { parentPort } from "node:worker_threads";
import { drawChart } from "./drawing.ts";

/** Asks for one picture. */
export interface DrawRequest {
  readonly id: number;
  readonly mime: string;
  readonly spec: unknown;
}

/** A picture, or why there is none. */
export type DrawReply = { readonly id: number } & ({ readonly png: Uint8Array } | { readonly invalid: string });

parentPort?.on("message", ({ id, mime, spec }: DrawRequest) => {
  drawChart(mime, spec).then(
    (png) => reply({ id, png }),
    (error: unknown) => reply({ id, invalid: error instanceof Error ? error.message : String(error) }),
  );
});

function reply(message: DrawReply): void {
  parentPort!.postMessage(message);
}
