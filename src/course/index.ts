/**
 * The course's side of a chapter, imported as "nabla/course": checked exercises, hints, progress, claimed figures. Apart
 * from "nabla" itself, so that a program that only computes carries no exercises.
 */
import "../attached.ts";

export { check, CheckError, hint, progress } from "./check.ts";
export type { AtSize, Claim, Near } from "./band.ts";
export { Figure, figure, FIGURE_MIME } from "./figure.ts";
export type { FigureData, FigureOptions, FigureRecord } from "./figure.ts";
export { FigureError } from "./figure-error.ts";
export { size } from "./size.ts";
export type { Size } from "./size.ts";
export { NotTriedError, todo } from "./todo.ts";
