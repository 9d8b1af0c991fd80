/**
 * Checksums of a model. ONNX has none: a flipped bit in a weight would go unnoticed. Files written here carry a CRC-32 of each
 * weight and of everything else among their properties, which other readers pass over; it is checked on reading wherever it
 * is found.
 */
import { crc32Digits } from "../serialization/crc32.ts";
import { FileFormatError } from "../serialization/file-format-error.ts";
import { encodeModel } from "./encode.ts";
import type { ModelProto, TensorProto } from "./schema.ts";

const KEY = "nabla.crc32";

interface Checks {
  readonly structure: string;
  readonly weights: Readonly<Record<string, string>>;
}

/** The check of everything but the weights' numbers and the properties. */
function structureCheck(model: ModelProto): string {
  const { graph } = model;
  const initializer = graph!.initializer.map(({ rawData: _, ...rest }): TensorProto => rest);
  return crc32Digits(Buffer.concat(encodeModel({ ...model, metadataProps: [], graph: { ...graph!, initializer } })));
}

/** The model with its checksums among its properties. */
export function withChecks(model: ModelProto): ModelProto {
  const weights = Object.fromEntries(model.graph!.initializer.map(({ name, rawData }) => [name!, crc32Digits(rawData!)]));
  const checks: Checks = { structure: structureCheck(model), weights };
  return { ...model, metadataProps: [...model.metadataProps, { key: KEY, value: JSON.stringify(checks) }] };
}

/** Compares a model with its checksums, if it has some. @throws FileFormatError naming the part that is not what was written. */
export function verifyChecks(model: ModelProto, file: string): void {
  const value = model.metadataProps.find(({ key }) => key === KEY)?.value;
  if (value === undefined || model.graph === undefined) return;
  const cure = "The file is corrupted; or another program changed it and kept its properties, then read it with { verify: false }.";
  let checks: Partial<Checks> | null;
  try {
    checks = JSON.parse(value) as Partial<Checks> | null;
  } catch {
    throw new FileFormatError(file, "metadataProps", `the property ${KEY} is not JSON. ${cure}`);
  }
  const found = structureCheck(model);
  if (found !== checks?.structure) throw new FileFormatError(file, "graph", `its CRC-32 should be ${String(checks?.structure)}, but is ${found}. ${cure}`);
  for (const [i, { name = "", rawData = new Uint8Array() }] of model.graph.initializer.entries()) {
    const expected = checks.weights?.[name];
    const own = crc32Digits(rawData);
    if (own !== expected) {
      throw new FileFormatError(file, `initializer ${i} (${JSON.stringify(name)})`, `its CRC-32 should be ${String(expected)}, but is ${own}. ${cure}`);
    }
  }
}
