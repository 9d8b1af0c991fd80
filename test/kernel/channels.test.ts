/** The sockets of a kernel as they are closed under front ends that go on talking. */
import { setTimeout as pause } from "node:timers/promises";
import { Dealer } from "zeromq";
import { expect, test } from "vitest";
import { Channels } from "../../kernel/parent/channels.ts";
import type { Connection } from "../../kernel/wire/connection.ts";

const connection: Connection = { transport: "tcp", ip: "127.0.0.1", key: "key", shell_port: 0, iopub_port: 0, stdin_port: 0, control_port: 0, hb_port: 0 };

test("heartbeats that are asked for without a pause are answered, and are no error when the sockets are closed", async () => {
  const failures: unknown[] = [];
  const fail = (reason: unknown): void => void failures.push(reason);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", fail);
  try {
    for (let round = 0; round < 10; round++) {
      const channels = new Channels(connection, "session");
      const { hb_port } = await channels.bind(connection);
      channels.listen(() => undefined);
      const asking = new Dealer({ linger: 0, sendHighWaterMark: 0 });
      asking.connect(`tcp://127.0.0.1:${hb_port}`);
      let answers = 0;
      const ask = async (): Promise<void> => {
        while (!asking.closed) await asking.send(["", "beat"]);
      };
      const count = async (): Promise<void> => {
        for await (const _answer of asking) answers++;
      };
      const talking = Promise.allSettled([ask(), count()]);
      while (answers < 10) await pause(5);
      await channels.close();
      asking.close();
      await talking;
    }
    await pause(20);
  } finally {
    process.removeListener("unhandledRejection", fail);
    for (const each of others) process.on("unhandledRejection", each);
  }
  expect(failures).toEqual([]);
});
