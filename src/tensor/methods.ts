/**
 * Puts the methods on the tensor's prototype: those of the table of ops, one a row, and those written by hand in methods/.
 */
import { callBinary, callPlanned, callReduction, callUnary } from "./dispatch.ts";
import type { ReductionOptions } from "./dispatch.ts";
import { advancedIndexMethods } from "./methods/advanced-index.ts";
import { arrangeMethods } from "./methods/arrange.ts";
import { compareMethods } from "./methods/compare.ts";
import { convolutionMethods } from "./methods/convolution.ts";
import { copyMethods } from "./methods/copy.ts";
import { countMethods } from "./methods/count.ts";
import { covarianceMethods } from "./methods/covariance.ts";
import { cumulativeMethods } from "./methods/cumulative.ts";
import { derivativeMethods } from "./methods/derivatives.ts";
import { divisionMethods } from "./methods/division.ts";
import { drawMethods } from "./methods/draw.ts";
import { fourierMethods } from "./methods/fourier.ts";
import { inPlaceMethods } from "./methods/in-place.ts";
import { indexMethods } from "./methods/index.ts";
import { joinMethods } from "./methods/join.ts";
import { linearSystemMethods } from "./methods/linear-systems.ts";
import { maskMethods } from "./methods/mask.ts";
import { matrixMethods } from "./methods/matrix.ts";
import { normMethods } from "./methods/norm.ts";
import { poolingMethods } from "./methods/pooling.ts";
import { productMethods } from "./methods/product.ts";
import { recurrentMethods } from "./methods/recurrent.ts";
import { reductionMethods } from "./methods/reduction.ts";
import { scatterMethods } from "./methods/scatter.ts";
import { selectMethods } from "./methods/select.ts";
import { sortMethods } from "./methods/sort.ts";
import { spectrumMethods } from "./methods/spectra.ts";
import { viewMethods } from "./methods/view.ts";
import { ops } from "./ops.ts";
import type { NamedRow } from "./ops.ts";
import type { CallPlan } from "./ops/definition.ts";
import { printMethods } from "./print.ts";
import { Tensor } from "./tensor.ts";
import type { TensorLike } from "./tensor.ts";

/** The method of one row. */
function methodOf(row: NamedRow): ((this: Tensor, ...rest: never[]) => Tensor) | undefined {
  switch (row.kind) {
    case "unary":
      return function () {
        return callUnary(row, this);
      };
    case "binary":
      return function (other: TensorLike) {
        return callBinary(row, this, other);
      };
    case "reduction":
      return function (options?: ReductionOptions) {
        return callReduction(row, this, options);
      };
    case "general":
      return function (...rest: never[]) {
        return callPlanned(row, (row.plan as (self: Tensor, ...rest: never[]) => CallPlan)(this, ...rest));
      };
    case "multiple":
    case "primitive":
      return undefined;
  }
}

/** Adds a family of methods to every tensor. */
export function attachMethods(methods: object): void {
  const descriptors = Object.getOwnPropertyDescriptors(methods);
  for (const name of Reflect.ownKeys(descriptors)) {
    const descriptor = descriptors[name as keyof typeof descriptors] as PropertyDescriptor;
    Object.defineProperty(Tensor.prototype, name, { ...descriptor, enumerable: false, configurable: true });
  }
}

for (const row of Object.values(ops) as NamedRow[]) {
  const method = row.internal === true ? undefined : methodOf(row);
  if (method !== undefined) attachMethods({ [row.name]: method });
}
const families = [
  viewMethods,
  indexMethods,
  advancedIndexMethods,
  copyMethods,
  inPlaceMethods,
  productMethods,
  recurrentMethods,
  convolutionMethods,
  reductionMethods,
  selectMethods,
  joinMethods,
  arrangeMethods,
  maskMethods,
  matrixMethods,
  linearSystemMethods,
  spectrumMethods,
  fourierMethods,
  covarianceMethods,
  normMethods,
  poolingMethods,
  derivativeMethods,
  compareMethods,
  sortMethods,
  cumulativeMethods,
  countMethods,
  divisionMethods,
  scatterMethods,
  drawMethods,
  printMethods,
];
for (const family of families) attachMethods(family);
