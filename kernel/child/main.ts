/**
 * The child: the learner's world.
 *
 * The main thread runs the cells and nothing of the protocol; the inbound worker reads what the parent sends, but for the
 * cells, which this thread reads itself. Everything that it does of its own accord is called by the worker's wake-up, or by a
 * cell that has come, behind the gate.
 */
import { Session } from "node:inspector";
import { pathToFileURL } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import { notebookFolder } from "../cell/notebook.ts";
import { createImporter } from "../modules/importer.ts";
import { MARK_WORD_VARIABLE } from "../channel/marks.ts";
import { Callbacks } from "./callbacks.ts";
import { CellModules } from "./cell-modules.ts";
import { CellRunner } from "./cell-runner.ts";
import { Comms } from "./comms.ts";
import { declaredVariables } from "./declared-variables.ts";
import { DebugHost } from "./debug-host.ts";
import { Displays } from "./displays.ts";
import { ErrorReports } from "./error-reports.ts";
import { Evaluator } from "./evaluator.ts";
import { Frames } from "./frames.ts";
import { MainGate } from "./gate.ts";
import { installGlobals } from "./globals.ts";
import type { InboundData } from "./inbound.ts";
import { CellsIn } from "./cells-in.ts";
import { Inbox } from "./inbox.ts";
import { JobContext } from "./job-context.ts";
import { installOutputStreams } from "./output-streams.ts";
import { PastCells } from "./past-cells.ts";
import { ProcessOutput } from "./process-output.ts";
import { RecordWriter } from "./record-writer.ts";
import { createSharedWords, Word } from "./gate-words.ts";
import { ChildrenList, ROOM } from "./children-list.ts";
import { Stdin } from "./stdin.ts";
import { installTimers } from "./timers.ts";
import { KeyboardInterrupt, Waits } from "./waits.ts";

const words = createSharedWords();
const interruptFlag = new Int32Array(new SharedArrayBuffer(4));
const listed = new Uint8Array(new SharedArrayBuffer(ROOM));
const { port1: inboxPort, port2: inbox } = new MessageChannel();
const worker = new Worker(new URL("./inbound.js", import.meta.url), {
  workerData: { words, interruptFlag, inbox, listed } satisfies InboundData,
  transferList: [inbox],
  // The worker takes no part in what user code does to the process.
  execArgv: [],
});

const session = new Session();
session.connect();
const gate = new MainGate(words);
const cells = new PastCells();
const jobs = new JobContext(cells);
const frames = new Frames(session, gate, jobs);
const writer = new RecordWriter(gate, process.env[MARK_WORD_VARIABLE] ?? "");
delete process.env[MARK_WORD_VARIABLE];
const waits = new Waits(jobs, () => gate.land());
const directory = notebookFolder();
const packagesRoot = process.env["NABLA_PACKAGES"];
const importer = createImporter({ directory, ...(packagesRoot !== undefined && { packagesRoot }) });
const modules = new CellModules((specifier) => importer.import(specifier));
const errors = new ErrorReports(cells, frames, jobs, writer, modules);
const displays = new Displays(writer, frames, jobs, errors.report);
const debugHost = new DebugHost(words, cells.sources, (announcement) => worker.postMessage(announcement));

const callbacks = new Callbacks(frames, gate, errors.report, () => debugHost.isAttached);
const nodeSetImmediate = setImmediate;
const comms = new Comms(writer, callbacks, jobs, gate, (task) => nodeSetImmediate(() => gate.callback(task)));
const incoming = new Inbox(inboxPort, words, gate, (mail, buffers) => comms.receive(mail, buffers));
comms.drainWith(() => incoming.drain());

let evaluator: Evaluator | undefined;
installGlobals({
  waits,
  modules,
  importer,
  comms,
  displays,
  debugHost,
  interruptFlag,
  awaitTermination: () => gate.awaitTermination(),
  undisturbed: (body) => gate.masked(body),
  notebook: pathToFileURL(`${directory}/notebook.ts`).href,
  frame: frames.run,
  take: (value) => evaluator?.take(value),
  signal: () => runner.signal,
  onCellEnd: (callback) => runner.onCellEnd(callback),
  variables: () => declaredVariables(session),
  stdin: new Stdin(writer, incoming, jobs, () => runner.allowsStdin),
});
evaluator = new Evaluator(session, frames, gate);
const runner = new CellRunner({ words, children: new ChildrenList(words, listed), interruptFlag, gate, frames, cells, jobs, writer, waits, evaluator, modules, displays, errors, debugHost });
installOutputStreams(writer, jobs);
const processOutput = new ProcessOutput(writer, jobs, gate);
processOutput.install();
installTimers(callbacks, jobs);

function wake(): void {
  incoming.drain();
  comms.deliver();
  for (let task = incoming.takeTask(); task !== undefined; task = incoming.takeTask()) {
    if (task.type === "interrupt") {
      // On its own way, the cell may not have come yet.
      if (task.job !== undefined) cellsIn.start(task.job);
      runner.interrupt(task.serial);
    }
    else if (task.type === "deadline") runner.deadline(task.interrupt);
    else if (task.type === "proceed") debugHost.proceed(task.url);
    else process.exit(0);
  }
}
const cellsIn = new CellsIn(words, gate, wake, (job) => runner.start(job));
worker.on("message", () => gate.callback(wake));

process.on("uncaughtException", (error) => gate.callback(() => errors.report(jobs.ofError(error), { kind: "error", error })));
process.on("unhandledRejection", (error) => {
  // A wait that an interrupt ended and that nobody looks at any more is no news.
  if (error instanceof KeyboardInterrupt) return;
  gate.callback(() => errors.report(jobs.ofError(error), { kind: "error", error }));
});
process.on("exit", (code) => {
  writer.close({ type: "exit", code });
  processOutput.close();
  // A session of another thread that is still connected at exit can crash the process.
  worker.postMessage("disconnect");
  Atomics.wait(words, Word.Disconnected, 0, 500);
});

writer.write({ type: "ready" });
