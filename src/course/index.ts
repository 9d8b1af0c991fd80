/**
 * The course's side of a chapter, imported as "nabla/course": checked exercises, hints, progress. Apart from "nabla" itself,
 * so that a program that only computes carries no exercises.
 */
import "../attached.ts";

export { check, CheckError, hint, progress } from "./check.ts";
export { NotTriedError, todo } from "./todo.ts";
