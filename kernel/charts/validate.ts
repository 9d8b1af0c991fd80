/**
 * Whether a chart is one, said so that a learner can mend it.
 *
 * A wrong Vega-Lite specification gives, in JupyterLab, "Cannot read properties of undefined"; here it is checked against
 * the JSON schema that Vega-Lite ships with, and of the dozens of complaints of its alternatives the useful one is chosen.
 */
import { createRequire } from "node:module";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

/** A specification that Vega-Lite or Vega cannot draw. */
export class InvalidChart extends Error {
  override readonly name = "InvalidChart";
}

/** A specification's kind, by the property that only this kind has. */
const KINDS = {
  mark: "TopLevelUnitSpec",
  layer: "TopLevelLayerSpec",
  facet: "TopLevelFacetSpec",
  repeat: "TopLevelRepeatSpec",
  concat: "TopLevelConcatSpec",
  hconcat: "TopLevelHConcatSpec",
  vconcat: "TopLevelVConcatSpec",
} as const;

const validators = new Map<string, ValidateFunction>();

/** One kind's part of the schema alone: compiling all of it takes three times as long, and complains in seven voices. */
function validatorOf(kind: string): ValidateFunction {
  let validator = validators.get(kind);
  if (validator === undefined) {
    const schema = createRequire(import.meta.url)("vega-lite/build/vega-lite-schema.json") as { definitions: Record<string, unknown> };
    const ajv = new Ajv({ strict: false, allErrors: true, verbose: true, logger: false, validateFormats: false, validateSchema: false, inlineRefs: false, code: { optimize: false } });
    validator = ajv.compile({ ...schema, $ref: `#/definitions/${kind}` });
    validators.set(kind, validator);
  }
  return validator;
}

/**
 * Checks a Vega-Lite specification.
 * @throws InvalidChart with the place in the specification and what is wrong there.
 */
export function validateChart(spec: unknown): void {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) throw new InvalidChart("a chart must be an object");
  const key = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((each) => each in spec);
  if (key === undefined) throw new InvalidChart(`a chart needs one of ${Object.keys(KINDS).map((each) => `"${each}"`).join(", ")}`);
  const validator = validatorOf(KINDS[key]);
  if (!validator(spec)) throw new InvalidChart(describe(validator.errors ?? []));
}

/** The complaint that goes deepest, and of those the one that most alternatives of the schema share. */
function describe(errors: readonly ErrorObject[]): string {
  const told = new Map<string, { depth: number; rank: number; times: number }>();
  for (const error of errors) {
    const [rank, text] = complaint(error, errors);
    const depth = error.instancePath.split("/").length;
    const known = told.get(text);
    if (known !== undefined) known.times++;
    else told.set(text, { depth, rank, times: 1 });
  }
  const ordered = [...told].sort(([, a], [, b]) => b.depth - a.depth || a.rank - b.rank || b.times - a.times);
  return ordered[0]?.[0] ?? "it does not fit Vega-Lite's schema";
}

/** An error in words, after its rank: the lower, the more it helps. */
function complaint(error: ErrorObject, all: readonly ErrorObject[]): [number, string] {
  const path = error.instancePath.slice(1).replaceAll("/", ".") || "the chart";
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "additionalProperties") {
    const name = String(params["additionalProperty"]);
    const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {});
    const near = known.find((each) => isNear(each, name));
    return [near === undefined ? 1 : 0, `${path}: "${name}" is not known here${near === undefined ? "" : `; do you mean "${near}"?`}`];
  }
  if (error.keyword === "enum" || error.keyword === "const") {
    const beside = all.filter((each) => each.instancePath === error.instancePath);
    const allowed = new Set(beside.flatMap(({ keyword, params: { allowedValues, allowedValue } }: ErrorObject) => (keyword === "enum" ? (allowedValues as unknown[]) : keyword === "const" ? [allowedValue] : [])));
    const list = [...allowed].map((each) => JSON.stringify(each));
    const shown = list.length > 20 ? [...list.slice(0, 20), "…"] : list;
    // Constants alone belong to an alternative that was not meant.
    return [beside.some((each) => each.keyword === "enum") ? 1 : 4, `${path}: ${JSON.stringify(error.data)} is none of ${shown.join(", ")}`];
  }
  if (error.keyword === "type") {
    const wanted = [...new Set(all.filter((each) => each.instancePath === error.instancePath && each.keyword === "type").map((each) => String((each.params as { type: unknown }).type)))];
    return [2, `${path}: must be ${wanted.join(" or ")}, not ${JSON.stringify(error.data)?.slice(0, 60)}`];
  }
  if (error.keyword === "required") return [3, `${path}: "${String(params["missingProperty"])}" is missing`];
  return [5, `${path}: ${error.message ?? "is wrong"}`];
}

/** Whether two names differ by one letter more, less, other or swapped. */
function isNear(a: string, b: string): boolean {
  if (a.toLowerCase() === b.toLowerCase()) return true;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [x, y] = [a.slice(start), b.slice(start)];
  return x.slice(1) === y || x === y.slice(1) || x.slice(1) === y.slice(1) || (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2));
}
