/** The saves of a document, one after another: a document that refuses two at once, as JupyterLab's does. */
import { expect, it } from "vitest";
import { saveInTurn } from "../../lab/src/saves.ts";

/** Its file takes a moment; whoever looks at it meanwhile finds a stranger's hand in it. */
class Document {
  text = "first";
  readonly file: string[] = [];
  #known = 0;
  refuses = false;

  async save(): Promise<void> {
    if (this.file.length !== this.#known) throw new Error("the file has changed on disk");
    if (this.refuses) throw new Error("the person has said no");
    this.file.push(this.text);
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.#known = this.file.length;
  }
}

it("two saves at once, of which the second finds the first one's file, are a conflict", async () => {
  const document = new Document();
  await expect(Promise.all([document.save(), document.save()])).rejects.toThrow("has changed on disk");
});

it("in turn they are none; what waits is saved once, as it is when its turn comes", async () => {
  const document = new Document();
  saveInTurn(document);
  saveInTurn(document);
  const saves = [document.save()];
  await Promise.resolve();
  document.text = "second";
  saves.push(document.save(), document.save());
  document.text = "third";
  await Promise.all(saves);
  expect(document.file).toEqual(["first", "third"]);
});

it("a save that fails says so to who asked for it, and the next one goes on", async () => {
  const document = new Document();
  saveInTurn(document);
  document.refuses = true;
  await expect(document.save()).rejects.toThrow("said no");
  document.refuses = false;
  await document.save();
  expect(document.file).toEqual(["first"]);
});
