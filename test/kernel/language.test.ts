/** The language service through the protocol, as a front end meets it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Frontend } from "./frontend.ts";
import type { Json } from "./frontend.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
let folder: string;
let frontend: Frontend;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-language-"));
  const notebook = { cells: [{ cell_type: "code", id: "later", source: ["/** Made further down. */\n", "const fromBelow = new Map<string, number>();"] }] };
  writeFileSync(join(folder, "course.ipynb"), JSON.stringify(notebook));
  mkdirSync(join(folder, "parts"));
  writeFileSync(join(folder, "parts", "layers.ts"), "/** Doubles.\n * @param value What is doubled.\n * @returns Twice as much.\n */\nexport function double(value: number): number {\n  return value * 2;\n}\n");
  frontend = await Frontend.start({ cwd: folder, env: { NABLA_PACKAGES: ROOT, JPY_SESSION_NAME: join(folder, "course.ipynb") } });
});
afterAll(async () => {
  await frontend?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks for completion at the mark `|` of a text. */
async function complete(marked: string): Promise<Json> {
  const cursor_pos = [...marked.slice(0, marked.indexOf("|"))].length;
  return (await frontend.ask("shell", "complete_request", { code: marked.replace("|", ""), cursor_pos })).content;
}

/** Asks what stands at the mark. */
async function inspect(marked: string, detail_level: 0 | 1 = 0): Promise<Json> {
  const cursor_pos = [...marked.slice(0, marked.indexOf("|"))].length;
  return (await frontend.ask("shell", "inspect_request", { code: marked.replace("|", ""), cursor_pos, detail_level })).content;
}

async function plain(marked: string, detail?: 0 | 1): Promise<string> {
  const { found, data } = await inspect(marked, detail);
  return found === true ? data["text/plain"] : "";
}

describe("completion", () => {
  test("proposes the members of a variable of an earlier cell, with kind and signature, in code points", async () => {
    await frontend.execute("class Net {\n  /** One pass. */\n  forward(x: number): number { return x }\n  weight = [1]\n}\nconst net = new Net()");
    const reply = await complete('const s = "𝒙𝒚"; net.|');
    expect(reply["status"]).toBe("ok");
    expect(reply["matches"]).toEqual(["forward", "weight"]);
    expect(reply).toMatchObject({ cursor_start: 20, cursor_end: 20 });
    const [forward, weight] = reply["metadata"]["_jupyter_types_experimental"];
    expect(forward).toMatchObject({ text: "forward", type: "function", signature: "(x: number): number", documentation: "One pass." });
    expect(weight).toMatchObject({ type: "property", signature: "number[]" });
    expect(await complete("net.forw|")).toMatchObject({ matches: ["forward"], cursor_start: 4, cursor_end: 8 });
  });

  test("sees the newest declaration of a name", async () => {
    await frontend.execute("let changing = 1");
    await frontend.execute("let changing = 'text'");
    expect((await complete("changing.toUp|"))["matches"]).toEqual(["toUpperCase"]);
  });

  test("knows names of the text itself, of cells that were never run, and says which those are", async () => {
    expect((await complete("const ownName = 1\nown|"))["matches"]).toContain("ownName");
    const reply = await complete("fromB|");
    expect(reply["matches"]).toEqual(["fromBelow"]);
    expect(reply["metadata"]["_jupyter_types_experimental"][0]["documentation"]).toContain("has not run yet");
    expect((await complete("fromBelow.si|"))["matches"]).toEqual(["size"]);
  });

  test("offers keywords where one is begun, and neither keywords nor globals for nothing", async () => {
    expect((await complete("whil|"))["matches"]).toEqual(["while"]);
    const empty = (await complete("|"))["matches"] as string[];
    expect(empty).toContain("net");
    expect(empty).not.toContain("while");
    expect(empty).not.toContain("setTimeout");
  });

  test("completes what is between the quotes of an import", async () => {
    expect(await complete('import { double } from "./pa|"')).toMatchObject({ matches: ["parts/"], cursor_start: 26, cursor_end: 28 });
    expect((await complete('import { double } from "./parts/|'))["matches"]).toEqual(["layers.ts"]);
    expect((await complete('import { x } from "nab|"'))["matches"]).toEqual(["nabla"]);
    expect((await complete('import { x } from "node:f|"'))["matches"]).toContain("node:fs/promises");
    expect((await complete('import { dou| } from "./parts/layers"'))["matches"]).toEqual(["double"]);
  });

  test("answers with nothing where nothing fits", async () => {
    expect(await complete("// a comment |")).toMatchObject({ status: "ok", matches: [] });
    expect(await complete('"in a string |"')).toMatchObject({ status: "ok", matches: [] });
  });
});

describe("inspection", () => {
  test("shows signature and documentation, of what another cell imports as well", async () => {
    await frontend.execute('import { double } from "./parts/layers"');
    const { found, data } = await inspect("dou|ble(3)");
    expect(found).toBe(true);
    expect(data["text/plain"]).toBe("function double(value: number): number\n\nDoubles.\n\nParameters:\n  value: What is doubled.\n\nReturns: Twice as much.\n\nDeclared in Cell [4].");
    expect(data["text/markdown"]).toContain("```typescript\nfunction double(value: number): number\n```");
  });

  test("shows the type and the comment of a variable of another cell", async () => {
    await frontend.execute("/** How fast it learns. */\nlet rate = 0.1");
    expect(await plain("rate|")).toBe("let rate: number\n\nHow fast it learns.\n\nDeclared in Cell [5].");
  });

  test("shows the call around the cursor with the parameter that is being written", async () => {
    expect(await plain("double(|")).toBe("double(value: number): number\n\n▸ value: number: What is doubled.\n\nDoubles.\n\nParameters:\n  value: What is doubled.\n\nReturns: Twice as much.");
    expect(await plain("Math.max(1, |)")).toContain("max(...values: number[]): number");
  });

  test("shows at level 1 the source, of a cell and of a local file", async () => {
    expect(await plain("dou|ble", 1)).toMatch(/layers\.ts:\d+\nexport function double\(value: number\): number \{\n  return value \* 2;\n\}$/);
    expect(await plain("new N|et()", 1)).toContain("Source: Cell [1]\nclass Net {");
  });

  test("shows at level 1 an op of the library with its derivative, from the sources it was made of", async () => {
    const source = await plain('import { tensor } from "nabla"\ntensor([1]).matm|ul', 1);
    expect(source).toContain("Product of matrices.");
    expect(source).toMatch(/Source: nabla\/src\/tensor\/ops\/linear-algebra\.ts:\d+\nmatmul: /);
    expect(source).toContain("derivative: [");
  });

  test("answers name? and name?? in a cell with a page, the second with the source", async () => {
    const page = async (code: string): Promise<string> => {
      const { reply, published } = await frontend.execute(code);
      expect(reply).toMatchObject({ status: "ok", payload: [{ source: "page", start: 0 }] });
      expect(published.filter(({ type }) => type === "error" || type === "display_data")).toEqual([]);
      return reply["payload"][0]["data"]["text/plain"];
    };
    expect(await page("net?")).toMatch(/^const net: Net\n/);
    expect(await page(" net.forward?? ")).toContain("forward(x: number): number { return x }");
    expect(await page("nowhere?")).toBe("Nothing is known of `nowhere`.");
    const { reply } = await frontend.execute("true ? 1 : 2");
    expect(reply["payload"]).toEqual([]);
  });

  test("finds nothing in an empty place", async () => {
    expect(await inspect("  |  ")).toMatchObject({ status: "ok", found: false, data: {} });
  });
});
