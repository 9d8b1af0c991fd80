/** When a step of the set-up has nothing to do, and when it has. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { missingPackages } from "../../setup/packages.mjs";
import { paths } from "../../setup/paths.mjs";
import { filesUnder, fingerprint, isStamped, writeStamp } from "../../setup/stamp.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nabla-stale-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a step's mark", () => {
  it("holds while the contents are the same, whatever their times say", () => {
    const source = path.join(folder, "a.cpp");
    const stamp = path.join(folder, "build", ".built");
    writeFileSync(source, "int a;");
    writeStamp(stamp, fingerprint([source], ["gcc 12"]));
    utimesSync(source, new Date(), new Date(Date.now() + 60_000));
    expect(isStamped(stamp, fingerprint([source], ["gcc 12"]))).toBe(true);
    expect(isStamped(stamp, fingerprint([source], ["gcc 13"]))).toBe(false);
    writeFileSync(source, "int b;");
    expect(isStamped(stamp, fingerprint([source], ["gcc 12"]))).toBe(false);
  });

  it("is lost when a file appears or disappears", () => {
    writeFileSync(path.join(folder, "a.ts"), "");
    const before = fingerprint(filesUnder(folder));
    mkdirSync(path.join(folder, "deep"));
    writeFileSync(path.join(folder, "deep", "b.ts"), "");
    expect(fingerprint(filesUnder(folder))).not.toBe(before);
    rmSync(path.join(folder, "deep"), { recursive: true });
    expect(fingerprint(filesUnder(folder))).toBe(before);
  });
});

describe("npm packages", () => {
  const lock = (packages: object): string => {
    const file = path.join(folder, "package-lock.json");
    writeFileSync(file, JSON.stringify({ packages }));
    return file;
  };
  const installed = (packages: object): string => {
    const modules = path.join(folder, "node_modules");
    mkdirSync(modules, { recursive: true });
    writeFileSync(path.join(modules, ".package-lock.json"), JSON.stringify({ packages }));
    return modules;
  };

  it("are all missing in a fresh clone", () => {
    const file = lock({ "": {}, "node_modules/vega": { version: "5.33.0" } });
    expect(missingPackages(file, path.join(folder, "node_modules"))).toEqual(["node_modules/vega"]);
  });
  it("are missing when another version is there", () => {
    const file = lock({ "node_modules/vega": { version: "5.33.0" }, "node_modules/zeromq": { version: "6.8.0" } });
    const modules = installed({ "node_modules/vega": { version: "5.32.0" }, "node_modules/zeromq": { version: "6.8.0" } });
    expect(missingPackages(file, modules)).toEqual(["node_modules/vega"]);
  });
  it("are not missing when they belong to another system", () => {
    const file = lock({ "node_modules/native-plan9": { version: "2.6.2", optional: true } });
    expect(missingPackages(file, installed({}))).toEqual([]);
  });
  it("are all in our own lock file, for every system (npm leaves out what it could not fetch, and then refuses the file)", () => {
    interface Entry { readonly dependencies?: object; readonly optionalDependencies?: object }
    const entries = (JSON.parse(readFileSync(paths.packageLock, "utf8")) as { packages: Record<string, Entry> }).packages;
    const isKnown = (from: string, name: string): boolean => {
      for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/")))) {
        if (`${place === "" ? "" : `${place}/`}node_modules/${name}` in entries) return true;
        if (place === "") return false;
      }
    };
    const unknown = Object.entries(entries).flatMap(([place, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !isKnown(place, name)).map((name) => `${place} wants ${name}`));
    expect(Object.keys(entries).length).toBeGreaterThan(20);
    expect(unknown).toEqual([]);
  });
});
