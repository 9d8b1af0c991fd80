/**
 * Eigenvalues and singular values, and what is computed from them. The kernels compute in double precision whatever the type;
 * their last result says of each matrix whether the iteration ended (see linear-systems.ts).
 */
import type { Tensor } from "../tensor.ts";
import { multiple } from "./definition.ts";
import type { MultiplePlan } from "./definition.ts";
import { infoOf, planSystem, requireMatrices, requireSquare } from "./linear-systems.ts";
import { eighGradient, pinvGradient, svdGradient } from "./matrix-derivatives.ts";

/** Below which a singular value counts as 0: the larger of the two, `relative` times the largest value. */
export interface RankLimits {
  absolute: number;
  relative: number;
}

export const spectra = {
  eigh: multiple({
    summary: "The eigenvalues of each symmetric matrix in increasing order, and its eigenvectors.",
    plan: (self: Tensor, upper: boolean): MultiplePlan => {
      requireSquare("eigh", self);
      const batch = self.shape.slice(0, -2);
      const { dtype } = self;
      return {
        inputs: [self],
        outputs: [{ shape: self.shape.slice(0, -1), dtype }, { shape: self.shape, dtype }, infoOf(batch)],
        attributes: [Number(upper)],
      };
    },
    saves: "output",
    jointDerivative: ([ofValues, ofVectors], call) => [eighGradient(call.outputAt(0), call.outputAt(1), ofValues, ofVectors)],
  }),
  eig: multiple({
    summary: "The eigenvalues of each matrix and its eigenvectors, both complex.",
    plan: (self: Tensor): MultiplePlan => {
      requireSquare("eig", self);
      const { shape, dtype } = self;
      const values = { shape: shape.slice(0, -1), dtype };
      const vectors = { shape, dtype };
      return { inputs: [self], outputs: [values, values, vectors, vectors, infoOf(shape.slice(0, -2))] };
    },
    saves: "output",
    jointDerivative: (gradients, call) => {
      const [valuesReal, valuesImaginary, vectorsReal, vectorsImaginary] = [0, 1, 2, 3].map((i) => call.outputAt(i)) as [Tensor, Tensor, Tensor, Tensor];
      return [
        valuesReal.eigBackward(
          { values: { real: valuesReal, imaginary: valuesImaginary }, vectors: { real: vectorsReal, imaginary: vectorsImaginary } },
          gradients,
        ),
      ];
    },
  }),
  svd: multiple({
    summary: "U, the singular values in decreasing order, and V', whose product is each matrix.",
    plan: (self: Tensor, fullMatrices: boolean): MultiplePlan => {
      requireMatrices("svd", self);
      const batch = self.shape.slice(0, -2);
      const { dtype } = self;
      const [rows, columns] = self.shape.slice(-2) as [number, number];
      const size = Math.min(rows, columns);
      return {
        inputs: [self],
        outputs: [
          { shape: [...batch, rows, fullMatrices ? rows : size], dtype },
          { shape: [...batch, size], dtype },
          { shape: [...batch, fullMatrices ? columns : size, columns], dtype },
          infoOf(batch),
        ],
        attributes: [Number(fullMatrices)],
        details: size,
      };
    },
    saves: "output",
    jointDerivative: ([ofU, ofS, ofVh], call) => {
      // The vectors beyond the thin decomposition are any that complete a basis: as in PyTorch their gradients count for nothing.
      const size = call.details as number;
      const thin = (matrix: Tensor | undefined, dim: number): Tensor | undefined => matrix?.slice(dim, 0, size);
      return [
        svdGradient(thin(call.outputAt(0), -1)!, call.outputAt(1), thin(call.outputAt(2), -2)!, {
          u: thin(ofU, -1),
          s: ofS,
          vh: thin(ofVh, -2),
        }),
      ];
    },
  }),
  pinv: multiple({
    summary: "The pseudo-inverse of Moore and Penrose of each matrix.",
    plan: (self: Tensor, limits: RankLimits): MultiplePlan => {
      requireMatrices("pinv", self);
      const batch = self.shape.slice(0, -2);
      const [rows, columns] = self.shape.slice(-2) as [number, number];
      return {
        inputs: [self],
        outputs: [{ shape: [...batch, columns, rows], dtype: self.dtype }, infoOf(batch)],
        attributes: [limits.absolute, limits.relative],
      };
    },
    saves: "both",
    jointDerivative: ([gradient], call) => [pinvGradient(call.input(0), call.output, gradient!)],
  }),
  lstsq: multiple({
    summary: "The shortest X of those that make the length of A X - B least.",
    plan: (a: Tensor, b: Tensor, limits: RankLimits): MultiplePlan => {
      const { stretch, batch, rows, unknowns, columns } = planSystem("lstsq", a, b);
      const { dtype } = a;
      return {
        inputs: [a, b],
        stretch,
        outputs: [
          { shape: [...batch, unknowns, columns], dtype },
          { shape: batch, dtype: "int32", auxiliary: true },
          { shape: [...batch, Math.min(rows, unknowns)], dtype, auxiliary: true },
          infoOf(batch),
        ],
        attributes: [limits.absolute, limits.relative],
        details: limits,
      };
    },
    saves: "inputs",
    jointDerivative: ([gradient], call) => {
      // X = P B, with P the pseudo-inverse.
      const [a, b] = [call.input(0), call.input(1)];
      const { absolute, relative } = call.details as RankLimits;
      const inverse = a.pinv({ atol: absolute, rtol: relative });
      return [
        call.needs(0) ? pinvGradient(a, inverse, gradient!.matmul(b.mT)) : undefined,
        call.needs(1) ? inverse.mT.matmul(gradient!) : undefined,
      ];
    },
  }),
};
