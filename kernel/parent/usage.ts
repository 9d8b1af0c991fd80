/**
 * What the kernel takes of the machine, for a `usage_request`: the message that ipykernel has and that JupyterLab's extension
 * jupyter-resource-usage sends on control. The fields are ipykernel's, which are psutil's.
 *
 * Numbers come from Linux's /proc (proc(5)): the memory of a process is its proportional share, so that what two processes
 * map together counts once. Where there is no /proc the reply says what Node knows.
 */
import { readdir, readFile } from "node:fs/promises";
import { cpus, freemem, hostname, totalmem } from "node:os";

/** Processor time is counted in these. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Processor time so far, in ticks. */
  readonly ticks: number;
}

export class Usage {
  readonly #root: number;
  #asked = performance.now();
  #ticks = new Map<number, number>();
  #host = hostTimes();

  /** @param root The process that counts, with all that it has started. */
  constructor(root: number = process.pid) {
    this.#root = root;
  }

  /** The content of a `usage_reply`. The shares of processors are those since the last time this was asked. */
  async answer(): Promise<object> {
    const [times, host_virtual_memory] = await Promise.all([processTimes(), virtualMemory()]);
    const family = [...familyOf(this.#root, times)];
    const kernel_memory = (await Promise.all(family.map(memoryOf))).reduce((sum, each) => sum + each, 0);
    return {
      status: "ok",
      hostname: hostname(),
      pid: this.#root,
      kernel_cpu: this.#processorShare(family, times),
      kernel_memory: kernel_memory > 0 ? kernel_memory : process.memoryUsage().rss,
      host_cpu_percent: this.#hostShare(),
      cpu_count: cpus().length,
      host_virtual_memory,
    };
  }

  /** In percent of one processor. */
  #processorShare(family: readonly number[], times: ReadonlyMap<number, ProcessTimes>): number {
    const now = performance.now();
    const seconds = (now - this.#asked) / 1000;
    const ticks = new Map(family.map((pid) => [pid, times.get(pid)?.ticks ?? 0]));
    let used = 0;
    for (const [pid, count] of ticks) used += count - (this.#ticks.get(pid) ?? 0);
    this.#asked = now;
    this.#ticks = ticks;
    return seconds > 0 ? Math.round((1000 * Math.max(0, used)) / TICKS_PER_SECOND / seconds) / 10 : 0;
  }

  /** In percent of all processors. */
  #hostShare(): number {
    const { busy, total } = hostTimes();
    const before = this.#host;
    this.#host = { busy, total };
    return total > before.total ? Math.round((1000 * (busy - before.busy)) / (total - before.total)) / 10 : 0;
  }
}

function hostTimes(): { busy: number; total: number } {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const all = Object.values(times).reduce((sum, each) => sum + each, 0);
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

/** Every process of the machine, by its number; nothing where there is no /proc. */
async function processTimes(): Promise<Map<number, ProcessTimes>> {
  const entries = await readdir("/proc").catch(() => []);
  const found = new Map<number, ProcessTimes>();
  const read = async (pid: number): Promise<void> => {
    const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
    // The second field is the program's name in parentheses and may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (fields.length > 12) found.set(pid, { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
  };
  await Promise.all(entries.filter((name) => /^\d+$/.test(name)).map((name) => read(Number(name))));
  return found;
}

function familyOf(root: number, times: ReadonlyMap<number, ProcessTimes>): Set<number> {
  const family = new Set([root]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const [pid, { parent }] of times) if (family.has(parent)) family.add(pid);
  }
  return family;
}

/** The proportional share of a process, else what it has resident. Bytes. */
async function memoryOf(pid: number): Promise<number> {
  const share = await readFile(`/proc/${pid}/smaps_rollup`, "latin1").catch(() => "");
  const pss = kibibytes(share, "Pss");
  if (pss !== undefined) return pss;
  const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
  return kibibytes(status, "VmRSS") ?? 0;
}

/** The machine's memory, in psutil's names. Bytes. */
async function virtualMemory(): Promise<object> {
  const text = await readFile("/proc/meminfo", "latin1").catch(() => "");
  const of = (name: string): number => kibibytes(text, name) ?? 0;
  const total = kibibytes(text, "MemTotal") ?? totalmem();
  const free = kibibytes(text, "MemFree") ?? freemem();
  const available = kibibytes(text, "MemAvailable") ?? free;
  return {
    total,
    available,
    percent: Math.round((1000 * (total - available)) / total) / 10,
    used: total - available,
    free,
    active: of("Active"),
    inactive: of("Inactive"),
    buffers: of("Buffers"),
    cached: of("Cached"),
    shared: of("Shmem"),
    slab: of("Slab"),
  };
}

function kibibytes(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1];
  return value === undefined ? undefined : 1024 * Number(value);
}
