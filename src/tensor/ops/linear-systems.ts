/**
 * Systems of linear equations, and the decompositions that solve them: LU, Cholesky, QR. The kernels compute in double
 * precision whatever the type, so a float32 result is the exact one rounded unless the matrix is badly conditioned.
 *
 * A kernel cannot throw: where a matrix may turn out unfit, its last result says of each whether it was (as LAPACK's `info`),
 * and what the user calls (methods/linear-systems.ts) makes an error of it.
 */
import { DTypeError, GradientError, ShapeError } from "../errors.ts";
import { broadcastShapes, formatShape } from "../shape.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { general, multiple } from "./definition.ts";
import type { MultiplePlan, PlannedOutput } from "./definition.ts";
import { choleskyGradient, qrGradient } from "./matrix-derivatives.ts";

/** One whole number for each matrix of a batch: 0, or what went wrong. */
export const infoOf = (batch: Shape): PlannedOutput => ({ shape: batch, dtype: "int32", auxiliary: true });

/** @throws ShapeError unless the tensor is a matrix or a batch of them; DTypeError unless it is floating. */
export function requireMatrices(op: string, self: Tensor): void {
  if (self.ndim < 2) {
    throw new ShapeError(`${op}: needs a matrix or a batch of them, got shape ${formatShape(self.shape)}; a vector becomes a column by unsqueeze(-1)`);
  }
  if (self.dtype !== "float32" && self.dtype !== "float64") {
    throw new DTypeError(`${op}: needs a floating type, got ${self.dtype}; convert with .to("float32") first`);
  }
}

/** @throws ShapeError unless the last two dimensions are equal. */
export function requireSquare(op: string, self: Tensor, cure = ""): void {
  requireMatrices(op, self);
  if (self.shape.at(-1) !== self.shape.at(-2)) {
    throw new ShapeError(`${op}: needs square matrices, got shape ${formatShape(self.shape)}${cure}`);
  }
}

/** What a system of equations is made of: both sides with one batch. */
export function planSystem(op: string, a: Tensor, b: Tensor): { stretch: Shape[]; batch: Shape; rows: number; unknowns: number; columns: number } {
  requireMatrices(op, a);
  requireMatrices(op, b);
  if (a.dtype !== b.dtype) {
    throw new DTypeError(`${op}: the matrix is ${a.dtype}, the right-hand side ${b.dtype}; convert one of them with .to()`);
  }
  const [rows, unknowns] = a.shape.slice(-2) as [number, number];
  const [height, columns] = b.shape.slice(-2) as [number, number];
  if (rows !== height) {
    throw new ShapeError(
      `${op}: ${formatShape(a.shape)} has ${rows} equations, the right-hand side ${formatShape(b.shape)} has ${height} rows; they ` +
        "must be equal, one right-hand side a column",
    );
  }
  const batch = broadcastShapes(op, a.shape.slice(0, -2), b.shape.slice(0, -2));
  return { stretch: [[...batch, rows, unknowns], [...batch, rows, columns]], batch, rows, unknowns, columns };
}

const square = "; lstsq and pinv take others too";

/** How QR is wanted. */
export type QrMode = "reduced" | "complete" | "r";

export const linearSystems = {
  solveTriangular: general({
    summary: "The solution X of T X = B, where T is triangular; of T only that triangle is read.",
    parameters: "right: Tensor, upper: boolean, unitriangular: boolean",
    internal: true,
    plan: (a: Tensor, b: Tensor, upper: boolean, unitriangular: boolean) => {
      requireSquare("solveTriangular", a);
      const { stretch, batch, unknowns, columns } = planSystem("solveTriangular", a, b);
      return {
        inputs: [a, b],
        stretch,
        shape: [...batch, unknowns, columns],
        dtype: a.dtype,
        attributes: [Number(upper), Number(unitriangular)],
        details: { upper, unitriangular },
      };
    },
    saves: "both",
    jointDerivative: ([gradient], call) => {
      const { upper, unitriangular } = call.details as { upper: boolean; unitriangular: boolean };
      const right = call.input(0).mT.solveTriangular(gradient!, { upper: !upper, unitriangular });
      if (!call.needs(0)) return [undefined, right];
      const product = right.matmul(call.output.mT).neg();
      const inside = unitriangular ? 1 : 0;
      return [upper ? product.triu({ diagonal: inside }) : product.tril({ diagonal: -inside }), right];
    },
  }),
  inv: multiple({
    summary: "The inverse of each matrix.",
    plan: (self: Tensor) => {
      requireSquare("inv", self, square);
      return { inputs: [self], outputs: [{ shape: self.shape, dtype: self.dtype }, infoOf(self.shape.slice(0, -2))] };
    },
    saves: "output",
    jointDerivative: ([gradient], call) => {
      const { mT: turned } = call.output;
      return [turned.matmul(gradient!).matmul(turned).neg()];
    },
  }),
  solve: multiple({
    summary: "The solution X of A X = B.",
    plan: (a: Tensor, b: Tensor): MultiplePlan => {
      requireSquare("solve", a, square);
      const { stretch, batch, unknowns, columns } = planSystem("solve", a, b);
      return { inputs: [a, b], stretch, outputs: [{ shape: [...batch, unknowns, columns], dtype: a.dtype }, infoOf(batch)] };
    },
    saves: "both",
    jointDerivative: ([gradient], call) => {
      const right = call.input(0).mT.solve(gradient!);
      return [call.needs(0) ? right.matmul(call.output.mT).neg() : undefined, right];
    },
  }),
  det: general({
    summary: "The determinant of each matrix.",
    parameters: "",
    internal: true,
    plan: (self: Tensor) => {
      requireSquare("det", self);
      return { inputs: [self], shape: self.shape.slice(0, -2), dtype: self.dtype };
    },
    saves: "inputs",
    derivative: [(gradient, call) => call.input(0).detBackward(gradient)],
  }),
  slogdet: multiple({
    summary: "The sign of each matrix's determinant, and the logarithm of its absolute value.",
    plan: (self: Tensor) => {
      requireSquare("slogdet", self);
      const batch = self.shape.slice(0, -2);
      return { inputs: [self], outputs: [{ shape: batch, dtype: self.dtype, auxiliary: true }, { shape: batch, dtype: self.dtype }] };
    },
    saves: "inputs",
    jointDerivative: ([, gradient], call) => [call.input(0).inv().mT.mul(gradient!.unsqueeze(-1).unsqueeze(-1))],
  }),
  cholesky: multiple({
    summary: "The lower triangle L with L L' = A, of each symmetric positive definite matrix.",
    plan: (self: Tensor) => {
      requireSquare("cholesky", self);
      return { inputs: [self], outputs: [{ shape: self.shape, dtype: self.dtype }, infoOf(self.shape.slice(0, -2))] };
    },
    saves: "output",
    jointDerivative: ([gradient], call) => [choleskyGradient(call.output, gradient!)],
  }),
  qr: multiple({
    summary: "An orthogonal Q and a triangular R with Q R = A, of each matrix.",
    plan: (self: Tensor, mode: QrMode): MultiplePlan => {
      requireMatrices("qr", self);
      const batch = self.shape.slice(0, -2);
      const [rows, columns] = self.shape.slice(-2) as [number, number];
      const size = mode === "complete" ? rows : Math.min(rows, columns);
      const q = mode === "r" ? [...batch, 0, 0] : [...batch, rows, size];
      return {
        inputs: [self],
        outputs: [{ shape: q, dtype: self.dtype }, { shape: [...batch, size, columns], dtype: self.dtype }],
        attributes: [Number(mode !== "r")],
        details: mode,
      };
    },
    saves: "both",
    jointDerivative: ([ofQ, ofR], call) => {
      const [rows, columns] = call.shapeOf(0).slice(-2) as [number, number];
      if (call.details === "complete" && rows > columns) {
        throw new GradientError(
          `qr: with mode "complete" the last ${rows - columns} columns of Q are any that complete a basis, and have no derivative; ` +
            'use mode "reduced"',
        );
      }
      return [qrGradient(call.input(0), call.outputAt(0), call.outputAt(1), ofQ, ofR)];
    },
  }),
};
