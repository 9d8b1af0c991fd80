/**
 * What there is to compute on, for people to look at: `device.info()`. In a notebook it is a table, elsewhere text.
 */
import { getDefaultDevice, whyNoCard } from "./device.ts";
import type { Device } from "./device.ts";
import { formatBytes, formatHeld, largestHeld } from "./held-memory.ts";
import type { HeldTensor } from "./held-memory.ts";
import { native } from "./native.ts";
import type { CardInfo, CardLibrary, CardProcess } from "./native.ts";

export type { CardInfo, CardLibrary, CardProcess, HeldTensor };

/** So many of the largest tensors are shown. */
const shown = 5;

/** A line of the table: who has how much of the card's memory. */
type Row = readonly [who: string, memory: string];

/** The devices of this process; it shows itself. */
export class DeviceReport {
  /** Where new tensors are made. */
  readonly default: Device;
  /** The card, where there is one. */
  readonly cuda?: CardInfo;
  /** Why there is no card that can be used. */
  readonly whyNoCuda?: string;
  /** The tensors of this process that hold most of the card's memory, the largest first. */
  readonly largest?: readonly HeldTensor[];

  constructor(device: Device, card: CardInfo | string) {
    this.default = device;
    if (typeof card === "string") this.whyNoCuda = card;
    else {
      this.cuda = card;
      this.largest = largestHeld("cuda", shown);
    }
  }

  /** What is said above the table, a sentence each. */
  #sentences(): string[] {
    const made = `New tensors are made on "${this.default}".`;
    const { cuda } = this;
    if (cuda === undefined) return [made, `There is no device "cuda": ${this.whyNoCuda!}; everything computes on "cpu".`];
    const { name, computeCapability, multiprocessors, driverVersion, failure } = cuda;
    const version = `${Math.floor(driverVersion / 1000)}.${Math.floor((driverVersion % 1000) / 10)}`;
    const card = `"cuda" is the card ${name} (compute capability ${computeCapability}, ${multiprocessors} multiprocessors, a driver for CUDA ${version}).`;
    const libraries = cuda.libraries.map((each) => `${each.name}: ${each.state}${each.details === "" ? "" : ` (${each.details})`}.`);
    return [made, card, ...libraries, ...(failure === "" ? [] : [`It has failed: ${failure}. What was on it is lost; "cpu" goes on.`])];
  }

  /** Who has the card's memory: this process, the largest of its tensors, other processes, nobody. */
  #rows(): Row[] {
    const { cuda, largest } = this;
    if (cuda === undefined || largest === undefined) return [];
    const { tensors, bytes, cachedBytes, reservedBytes, limitBytes, freeBytes, totalBytes, processes } = cuda;
    const rest = tensors - largest.length;
    const programs = reservedBytes - cachedBytes - bytes;
    const inside: Row[] = [
      ...largest.map((held): Row => [formatHeld(held), formatBytes(held.bytes)]),
      ...(rest > 0 ? [[`${rest} more tensors`, formatBytes(bytes - largest.reduce((sum, held) => sum + held.bytes, 0))] as const] : []),
      ...(programs > 0 ? [["compiled functions, and room for small tensors", formatBytes(programs)] as const] : []),
      ...(cachedBytes > 0 ? [["kept for the next tensors", formatBytes(cachedBytes)] as const] : []),
    ];
    const others = (processes ?? []).filter(({ own }) => !own).map(
      (each): Row => [`${each.name === "" ? "process" : each.name} (process ${each.pid})`, each.bytes === undefined ? "not told" : formatBytes(each.bytes)],
    );
    return [
      ["this process", `${formatBytes(reservedBytes)} of at most ${formatBytes(limitBytes)}`],
      ...inside.map(([who, memory]): Row => [`· ${who}`, memory]),
      ...others,
      ["free", `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)}`],
    ];
  }

  /** The report as text. */
  toString(): string {
    const rows = this.#rows();
    const width = Math.max(0, ...rows.map(([who]) => who.length));
    return [...this.#sentences(), ...rows.map(([who, memory]) => `  ${who.padEnd(width)}  ${memory}`)].join("\n");
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const plain = (text: string): string => text.replace(/[\\|*_`<[\]]/g, "\\$&");
    const rows = this.#rows().map(([who, memory]) => `| ${plain(who)} | ${plain(memory)} |`);
    const table = rows.length === 0 ? [] : ["", "| who | memory of the card |", "|:---|---:|", ...rows];
    return { "text/plain": this.toString(), "text/markdown": [...this.#sentences().map((each) => `${plain(each)}  `), ...table].join("\n") };
  }
}

/**
 * What there is to compute on: the default device, and the card with its memory and who has it, or why there is none. Opens
 * the card where one is found.
 */
export function info(): DeviceReport {
  return new DeviceReport(getDefaultDevice(), whyNoCard() ?? native.cardInfo()!);
}

/** True when tensors can be made on a device. */
export function isAvailable(device: Device): boolean {
  return device === "cpu" || (device === "cuda" && whyNoCard() === undefined);
}
