/** A drawn view and what it is told, in every order that a reload or a lost message can bring. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ViewLink } from "../../lab/src/link.ts";
import { MessageLog } from "../../src/view/message-log.ts";
import type { FromLibrary, Json } from "../../src/view/wire.ts";

interface Seen {
  readonly link: ViewLink<{ until: number }>;
  readonly heard: Json[];
  readonly hellos: number[];
}

/** A link whose listener writes down all it hears, and a carrier that writes down all it is asked. */
function linked(seq = 0): Seen {
  const heard: Json[] = [];
  const hellos: number[] = [];
  const link = new ViewLink<{ until: number }>(seq, false, ({ until }) => heard.splice(0, heard.length, ...Array.from({ length: until }, (_, i) => i + 1)), (because) => because);
  link.onMessage((message) => heard.push(message));
  link.open({ hello: (since) => hellos.push(since), request: () => Promise.reject(new Error("nobody")), event: () => undefined });
  return { link, heard, hellos };
}

const message = (seq: number): FromLibrary<{ until: number }> => ({ type: "message", seq, message: seq });

describe("a drawn view", () => {
  it("says hello with what it has, when its comm is there", () => {
    expect(linked(7).hellos).toEqual([7]);
  });
  it("hears messages in order and once each", () => {
    const { link, heard } = linked();
    for (const seq of [1, 2, 2, 1, 3]) link.receive(message(seq));
    expect(heard).toEqual([1, 2, 3]);
  });
  it("asks for what is missing, once, and hears nothing out of its order", () => {
    const { link, heard, hellos } = linked();
    link.receive({ type: "sync", since: 0, seq: 0, messages: [] });
    for (const seq of [1, 4, 5]) link.receive(message(seq));
    expect([heard, hellos]).toEqual([[1], [0, 1]]);
    link.receive({ type: "sync", since: 1, seq: 5, messages: [2, 3, 4, 5].map((seq) => ({ seq, message: seq })) });
    expect(heard).toEqual([1, 2, 3, 4, 5]);
  });
  it("keeps what came before anybody listened", () => {
    const link = new ViewLink(0, false, () => undefined, () => "");
    link.receive(message(1));
    const heard: Json[] = [];
    link.onMessage((each) => heard.push(each));
    link.receive(message(2));
    expect(heard).toEqual([1, 2]);
  });
  it("takes a newer state from its output, and no older one", () => {
    const { link, heard } = linked();
    expect(link.takeState({ until: 4 }, 4, false)).toBe(true);
    expect(link.takeState({ until: 2 }, 2, false)).toBe(false);
    link.receive(message(5));
    expect(heard).toEqual([1, 2, 3, 4, 5]);
  });
  it("is closed with its reason until it is opened again, and then asks from where it stands", async () => {
    const { link, hellos } = linked();
    link.receive(message(1));
    let changes = 0;
    link.onChange(() => (changes += 1));
    link.close("gone");
    await expect(link.request("row")).rejects.toThrow("gone");
    link.event("stop");
    link.open({ hello: (since) => hellos.push(since), request: () => Promise.reject(new Error("nobody")), event: () => undefined });
    expect([link.isOpen, changes, hellos]).toEqual([true, 2, [0, 1]]);
  });
});

it("whatever is lost, doubled or answered late, each page ends with every message once, in order", () => {
  // What the library says next, and for each of two pages whether it arrives.
  const steps = fc.array(fc.record({ replaces: fc.boolean(), arrives: fc.tuple(fc.boolean(), fc.boolean()), copies: fc.integer({ min: 1, max: 2 }), reloads: fc.boolean() }), { maxLength: 40 });
  fc.assert(fc.property(steps, fc.boolean(), (plan, isLive) => {
    const log = new MessageLog(isLive);
    const pages = [linked(), linked()];
    const answered = [0, 0];
    const answer = (): void => {
      for (const [index, { hellos }] of pages.entries()) {
        while (answered[index]! < hellos.length) {
          const since = hellos[answered[index]!++]!;
          const messages = log.after(since);
          // Every page hears the answer to each.
          for (const { link } of pages) link.receive({ type: "sync", since, seq: log.seq, ...(messages === undefined && { state: { until: log.seq } }), messages: messages ?? [] });
        }
      }
    };
    for (const { replaces, arrives, copies, reloads } of plan) {
      const seq = replaces ? log.replace() : log.add(log.seq + 1);
      const said: FromLibrary<{ until: number }> = replaces ? { type: "sync", since: seq - 1, seq, state: { until: seq }, messages: [] } : { type: "message", seq, message: seq };
      for (const [index, { link }] of pages.entries()) for (let copy = 0; arrives[index] === true && copy < copies; copy++) link.receive(said);
      if (reloads) answer();
    }
    for (const { link } of pages) link.receive({ type: "end", seq: log.seq });
    answer();
    const all = Array.from({ length: log.seq }, (_, i) => i + 1);
    for (const { link, heard } of pages) expect([heard, link.isEnded]).toEqual([all, true]);
  }));
});
