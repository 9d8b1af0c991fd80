/**
 * The frame in which the operands of a call cross to native code: an array of doubles shared by both sides. Writing a
 * number into it costs about a nanosecond, where an object argument costs 37. The layout mirrors native/binding/frame.h.
 */
import { codeOf, dtypeOf } from "./dtype.ts";
import type { DType } from "./dtype.ts";
import { native } from "./native.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

const maxRank = 8;
/** How many operands one call may have. */
export const maxOperands = 16;
const operandWords = 4 + 2 * maxRank;
const inputCountWord = 0;
const outputCountWord = 1;
const attributeCountWord = 2;
const statusWord = 3;
const pressureWord = 4;
const ownerlessWord = 5;
const releaseCountWord = 6;
const deviceWord = 7;
const ranOnWord = 8;
const violatedWord = 9;
const precisionWord = 10;
const firstOperandWord = 16;
const firstAttributeWord = firstOperandWord + maxOperands * operandWords;
const maxAttributes = 32;
const firstReleaseWord = firstAttributeWord + maxAttributes;
const maxReleases = 64;
const handleWord = 0;
const dtypeWord = 1;
const rankWord = 2;
const offsetWord = 3;
const sizesWord = 4;
const stridesWord = 4 + maxRank;

/** In place of a handle: allocate this output. */
const allocate = -1;
/** In place of a handle: this operand is one number, kept in the offset word. */
const immediate = -2;

/** How a call ended. */
export const Status = {
  ok: 0,
  interrupted: 1,
  outOfMemory: 2,
  notImplemented: 3,
  invalidHandle: 4,
  differentDevices: 5,
  deviceFailed: 6,
  violatedBefore: 7,
} as const;

const words = new Float64Array(native.frame);

/** Starts a call: how many operands and attributes follow. */
export function begin(inputs: number, outputs: number, attributes: number): void {
  words[inputCountWord] = inputs;
  words[outputCountWord] = outputs;
  words[attributeCountWord] = attributes;
}

/** Writes a tensor with its own shape. */
export function writeTensor(position: number, tensor: Tensor): void {
  const at = firstOperandWord + position * operandWords;
  const { shape, strides } = tensor;
  words[at + handleWord] = tensor.storage.handle;
  words[at + dtypeWord] = codeOf(tensor.dtype);
  words[at + rankWord] = shape.length;
  words[at + offsetWord] = tensor.offset;
  for (let d = 0; d < shape.length; d++) {
    words[at + sizesWord + d] = shape[d]!;
    words[at + stridesWord + d] = strides[d]!;
  }
}

/** Writes a tensor stretched to a shape it broadcasts to: stretched dimensions get a stride of 0. */
export function writeBroadcast(position: number, tensor: Tensor, shape: Shape): void {
  const at = firstOperandWord + position * operandWords;
  const missing = shape.length - tensor.shape.length;
  words[at + handleWord] = tensor.storage.handle;
  words[at + dtypeWord] = codeOf(tensor.dtype);
  words[at + rankWord] = shape.length;
  words[at + offsetWord] = tensor.offset;
  for (let d = 0; d < shape.length; d++) {
    words[at + sizesWord + d] = shape[d]!;
    const own = d - missing;
    words[at + stridesWord + d] = own < 0 || tensor.shape[own] !== shape[d] ? 0 : tensor.strides[own]!;
  }
}

/** Writes one number, stretched to a shape. */
export function writeNumber(position: number, value: number, dtype: DType, shape: Shape): void {
  const at = firstOperandWord + position * operandWords;
  words[at + handleWord] = immediate;
  words[at + dtypeWord] = codeOf(dtype);
  words[at + rankWord] = shape.length;
  words[at + offsetWord] = value;
  for (let d = 0; d < shape.length; d++) {
    words[at + sizesWord + d] = shape[d]!;
    words[at + stridesWord + d] = 0;
  }
}

/** Asks for a new contiguous output. */
export function writeNewOutput(position: number, dtype: DType, shape: Shape, strides: Shape): void {
  const at = firstOperandWord + position * operandWords;
  words[at + handleWord] = allocate;
  words[at + dtypeWord] = codeOf(dtype);
  words[at + rankWord] = shape.length;
  words[at + offsetWord] = 0;
  for (let d = 0; d < shape.length; d++) {
    words[at + sizesWord + d] = shape[d]!;
    words[at + stridesWord + d] = strides[d]!;
  }
}

/** Writes attribute number `index`; its meaning is the op's own. */
export function writeAttribute(index: number, value: number): void {
  words[firstAttributeWord + index] = value;
}

/** How an operand of the last call lies in its memory; for a plain number, `offset` is its value. */
export interface Window {
  dtype: DType;
  offset: number;
  shape: Shape;
  strides: Shape;
}

/** An operand of the last call. */
export function operand(position: number): Window {
  const at = firstOperandWord + position * operandWords;
  const rank = words[at + rankWord]!;
  return {
    dtype: dtypeOf(words[at + dtypeWord]!),
    offset: words[at + offsetWord]!,
    shape: Array.from(words.subarray(at + sizesWord, at + sizesWord + rank)),
    strides: Array.from(words.subarray(at + stridesWord, at + stridesWord + rank)),
  };
}

/** The attributes of the last call. */
export function attributes(): number[] {
  return Array.from(words.subarray(firstAttributeWord, firstAttributeWord + words[attributeCountWord]!));
}

/** The handle that the call has given an operand. */
export function handleOf(position: number): number {
  return words[firstOperandWord + position * operandWords + handleWord]!;
}

/** How the last call ended; one of `Status`. */
export function status(): number {
  return words[statusWord]!;
}

/** Whether the last call wants a collection: 0 none, 1 a minor one, 2 a full one. */
export function pressure(): number {
  return words[pressureWord]!;
}

/** Sets the device, by its number, of the calls that read no tensor. */
export function setDevice(code: number): void {
  words[deviceWord] = code;
}

/** Sets how exact products of float32 have to be from here on, by its number (matmul-precision.ts). */
export function setPrecision(code: number): void {
  words[precisionWord] = code;
}

/** How exact the last call had to be. */
export function precision(): number {
  return words[precisionWord]!;
}

/** The number of the device on which the last call ran. */
export function ranOn(): number {
  return words[ranOnWord]!;
}

/** Whether something has just been read behind which a check on the card has found elements outside of their range. */
export function violated(): boolean {
  return words[violatedWord] !== 0;
}

/** Says whether the outputs of the calls that follow get owners. */
export function wantOwners(wanted: boolean): void {
  words[ownerlessWord] = wanted ? 0 : 1;
}

/** Puts a storage on the list of those that the next call releases first; true when that list is full now. */
export function release(handle: number): boolean {
  const count = words[releaseCountWord]!;
  words[firstReleaseWord + count] = handle;
  words[releaseCountWord] = count + 1;
  return count + 1 === maxReleases;
}
