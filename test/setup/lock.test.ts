/** Two set-ups in one checkout take turns. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { paths } from "../../setup/paths.mjs";

function hold(lockFile: string, log: string, name: string): Promise<number | null> {
  const module = pathToFileURL(path.join(paths.root, "setup", "lock.mjs")).href;
  const program = `
    import { appendFileSync } from "node:fs";
    import { alone } from ${JSON.stringify(module)};
    const say = (word) => appendFileSync(${JSON.stringify(log)}, "${name} " + word + "\\n");
    await alone(async () => { say("in"); await new Promise((r) => setTimeout(r, 100)); say("out"); }, ${JSON.stringify(lockFile)});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "ignore" });
  return new Promise((resolve) => child.on("close", resolve));
}

it("never runs two at once, and a lock of a dead process is taken over", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "nabla-lock-"));
  try {
    const [lockFile, log] = [path.join(folder, "lock"), path.join(folder, "log")];
    const dying = spawn(process.execPath, ["-e", `require("fs").writeFileSync(${JSON.stringify(lockFile)}, String(process.pid))`]);
    await new Promise((resolve) => dying.on("close", resolve));
    const names = ["a", "b", "c", "d", "e", "f"];
    const statuses = await Promise.all(names.map((name) => hold(lockFile, log, name)));
    expect(statuses).toEqual(names.map(() => 0));
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(2 * names.length);
    for (let index = 0; index < lines.length; index += 2) {
      expect([lines[index]?.split(" ")[1], lines[index + 1]]).toEqual(["in", `${lines[index]?.split(" ")[0]} out`]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
