/**
 * Where tensors live: `"cpu"` always, `"cuda"` where an NVIDIA card is found while the program runs. New tensors are made on
 * the default device; an op computes where its tensors are. A handle of native memory says by itself on which device that
 * is (native/core/storage_table.h), so asking costs nothing.
 */
import { DeviceError } from "./errors.ts";
import * as frame from "./frame.ts";
import { native } from "./native.ts";

/** Names of the devices, in the order of their native codes. */
export const devices = ["cpu", "cuda"] as const;

/** A device. */
export type Device = (typeof devices)[number];

/** Handles of the second device and the following begin here. */
const deviceShift = 26;

/** The device on which the memory of a handle lies. */
export function deviceOf(handle: number): Device {
  return handle >> deviceShift === 0 ? "cpu" : "cuda";
}

let current: Device = "cpu";
let opened = false;

/** Why there is no card that can be used, or undefined: then it is open. */
export function whyNoCard(): string | undefined {
  if (opened) return undefined;
  const reason = native.openCard();
  opened = reason === undefined;
  return reason;
}

/**
 * Checks a device that a caller asked for.
 * @throws DeviceError when there is no such device here, saying why.
 */
export function checkDevice(op: string, device: string | undefined): asserts device is Device | undefined {
  if (device === undefined || device === "cpu") return;
  if (device !== "cuda") throw new DeviceError(`${op}: there is no device ${JSON.stringify(device)}; known are "cpu" and "cuda"`);
  const reason = whyNoCard();
  if (reason !== undefined) throw new DeviceError(`${op}: there is no device "cuda" here: ${reason}; everything computes on "cpu"`);
}

function become(device: Device): void {
  current = device;
  frame.setDevice(devices.indexOf(device));
}

/** The device on which new tensors are made. */
export function getDefaultDevice(): Device {
  return current;
}

/**
 * Sets the device on which new tensors are made: what reads no tensor, such as `tensor`, `zeros`, `rand` and the layers'
 * parameters. The environment variable NABLA_DEVICE sets it when the library is loaded; where
 * there is no such card that is a warning.
 * @throws DeviceError when there is no such device here, saying why.
 */
export function setDefaultDevice(device: Device): void {
  checkDevice("setDefaultDevice", device);
  become(device);
}

/** Runs a function with another default device. */
export function onDevice<Result>(device: Device | undefined, make: () => Result): Result {
  if (device === undefined || device === current) return make();
  const outer = current;
  become(device);
  try {
    return make();
  } finally {
    become(outer);
  }
}

const wanted = process.env["NABLA_DEVICE"];
// Somebody else may have set the variable, for all on a server: where there is no such card their cells are to run all the same.
const missing = wanted === "cuda" ? whyNoCard() : undefined;
if (missing === undefined && wanted !== undefined && wanted !== "") {
  checkDevice("NABLA_DEVICE", wanted);
  become(wanted as Device);
}

/** Why the device that NABLA_DEVICE names is not the default one, in a sentence that somebody has to be shown; undefined where it is. */
export const withoutWantedDevice: string | undefined =
  missing === undefined ? undefined : `NABLA_DEVICE: there is no device "cuda" here: ${missing}; everything computes on "cpu"`;
