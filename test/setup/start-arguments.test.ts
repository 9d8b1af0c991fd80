/** What `npm start` keeps of its arguments and what it hands on to `jupyter lab`. */
import path from "node:path";
import { describe, expect, it } from "vitest";
import { paths } from "../../setup/paths.mjs";
import { labArguments, splitArguments } from "../../setup/start-arguments.mjs";

const base = path.resolve("/home/learner");
/** How its notebooks are exported as pages. */
const exports = ["--HTMLExporter.template_name=nabla", "--SlidesExporter.template_name=reveal"];

describe("the learner's folder", () => {
  it("is my-course unless something else is said", () => {
    expect(splitArguments(["--no-browser", "--port", "8899"], {}, base)).toEqual({ work: paths.course, rest: ["--no-browser", "--port", "8899"] });
  });
  it("is what --work says, from the folder where npm was called, in either spelling", () => {
    expect(splitArguments(["--work", "mine", "--no-browser"], {}, base)).toEqual({ work: path.join(base, "mine"), rest: ["--no-browser"] });
    expect(splitArguments(["--work=mine"], {}, base).work).toBe(path.join(base, "mine"));
  });
  it("is what NABLA_WORK says, unless --work says otherwise", () => {
    expect(splitArguments([], { NABLA_WORK: "theirs" }, base).work).toBe(path.join(base, "theirs"));
    expect(splitArguments(["--work", "mine"], { NABLA_WORK: "theirs" }, base).work).toBe(path.join(base, "mine"));
  });
  it("is an error with the cure when --work has no folder", () => {
    expect(() => splitArguments(["--work"], {}, base)).toThrow("npm start -- --work DIR");
  });
});

describe("JupyterLab", () => {
  const plan = { work: path.join(base, "w"), chapter: "01-linear-regression.ipynb", base, isRoot: false };

  it("opens the first chapter in the learner's folder and gets every other argument", () => {
    expect(labArguments(["--no-browser", "--port", "8899"], plan)).toEqual([
      ...exports, `--ServerApp.root_dir=${plan.work}`, "--LabApp.default_url=/lab/tree/01-linear-regression.ipynb",
      "--no-browser", "--port", "8899",
    ]);
  });
  it("is allowed to run as root only for root, and once", () => {
    expect(labArguments([], { ...plan, isRoot: true })).toContain("--allow-root");
    expect(labArguments(["--allow-root"], { ...plan, isRoot: true }).filter((arg: string) => arg === "--allow-root")).toHaveLength(1);
    expect(labArguments([], plan)).not.toContain("--allow-root");
  });
  it("opens what the person named instead, found from their own folder", () => {
    expect(labArguments(["--no-browser", "notes/mine.ipynb"], plan)).toEqual([...exports, "--no-browser", path.join(base, "notes/mine.ipynb")]);
  });
  it("keeps a root folder that the person set", () => {
    expect(labArguments(["--notebook-dir", "/srv/class"], plan)).toEqual([...exports, "--notebook-dir", "/srv/class"]);
    expect(labArguments(["--HTMLExporter.template_name=lab"], plan)).not.toContain(exports[0]);
  });
});
