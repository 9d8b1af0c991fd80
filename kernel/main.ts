/** Starts the kernel: `node dist/kernel/main.js --connection-file FILE`. */
import { Kernel } from "./parent/kernel.ts";
import { ConnectionFileError, readConnectionFile } from "./wire/connection.ts";

const USAGE = "usage: node dist/kernel/main.js --connection-file FILE";

function connectionFile(args: readonly string[]): string {
  const flag = args.findIndex((each) => each === "--connection-file" || each === "-f");
  const joined = args.find((each) => each.startsWith("--connection-file="));
  const path = joined?.slice("--connection-file=".length) ?? (flag < 0 ? undefined : args[flag + 1]);
  if (path === undefined) throw new ConnectionFileError(`there is no connection file; ${USAGE}`);
  return path;
}

async function main(): Promise<void> {
  const file = connectionFile(process.argv.slice(2));
  const kernel = new Kernel(readConnectionFile(file), file);
  process.on("SIGINT", () => kernel.interrupt());
  const end = (): void => void kernel.close();
  process.on("SIGTERM", end);
  // A server that ends without telling its kernels leaves them to another parent.
  if (process.env["JPY_PARENT_PID"] !== undefined) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) end();
    }, 1000).unref();
  }
  try {
    await kernel.start();
  } catch (error) {
    await kernel.close();
    throw error;
  }
  await kernel.closed;
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`nabla kernel: ${error instanceof ConnectionFileError ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
});
