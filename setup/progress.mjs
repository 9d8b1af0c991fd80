/**
 * What a person sees while a long step runs: one line per step with the time it took, on a terminal also the last line
 * that the running program printed; and the whole output of a step that failed.
 */
import { runCommand } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Does one step and prints `title … 3.2 s`. The body gets `note(text)`, which shows what is going on right now.
 */
export async function step(title, body) {
  const started = Date.now();
  const terminal = process.stdout.isTTY === true;
  let latest = "";
  const draw = () => {
    const width = (process.stdout.columns ?? 80) - 1;
    const line = `${title} … ${seconds(started)}${latest === "" ? "" : `  ${latest}`}`;
    process.stdout.write(`\r\x1b[2K${line.slice(0, width)}`);
  };
  if (!terminal) console.log(`${title} …`);
  const timer = terminal ? setInterval(draw, 200) : undefined;
  const finish = (mark) => {
    if (timer) clearInterval(timer);
    console.log(`${terminal ? "\r\x1b[2K" : ""}${mark} ${title} (${seconds(started)})`);
  };
  try {
    const result = await body((text) => {
      latest = text.trim();
    });
    finish("✓");
    return result;
  } catch (error) {
    finish("✗");
    throw error;
  }
}

/**
 * A step that is one program. If it fails, what it printed is shown and the step throws a SetupFailure that says
 * `ifItFails`.
 */
export function programStep(title, program, args, { ifItFails, ...options }) {
  return step(title, async (note) => {
    const { status, output } = await runCommand(program, args, { ...options, onLine: note });
    if (status !== 0) {
      process.stdout.write(`\n${output}`);
      throw new SetupFailure(`${ifItFails} (its output is above).`);
    }
    return output;
  });
}
