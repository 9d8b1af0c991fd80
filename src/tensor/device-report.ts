/**
 * What there is to compute on, for people to look at: `device.info()`.
 */
import { getDefaultDevice, whyNoCard } from "./device.ts";
import type { Device } from "./device.ts";
import { native } from "./native.ts";

/** What is known of the card and of the memory that this process has on it. Bytes, unless said otherwise. */
export interface CardInfo {
  /** As the driver calls it. */
  name: string;
  /** `"9.0"`, say. */
  computeCapability: string;
  multiprocessors: number;
  /** The newest CUDA version that the driver knows, 13000 for 13.0. */
  driverVersion: number;
  totalBytes: number;
  /** What nobody holds, of all processes. */
  freeBytes: number;
  /** What this process may take: NABLA_CUDA_MEMORY, or three quarters of what was free when it began. */
  limitBytes: number;
  /** What this process has taken from the driver. */
  reservedBytes: number;
  /** What of it waits for its next use. */
  cachedBytes: number;
  /** Living tensors; views share one. */
  tensors: number;
  /** Their bytes. */
  bytes: number;
  /** What went wrong with the card; empty when nothing did. */
  failure: string;
}

/** The devices of this process. */
export interface DeviceReport {
  /** Where new tensors are made. */
  default: Device;
  /** The card, where there is one. */
  cuda?: CardInfo;
  /** Why there is no card that can be used. */
  whyNoCuda?: string;
}

/**
 * What there is to compute on: the default device, and the card with its memory, or why there is none. Opens the card
 * where one is found.
 */
export function info(): DeviceReport {
  const reason = whyNoCard();
  if (reason !== undefined) return { default: getDefaultDevice(), whyNoCuda: reason };
  return { default: getDefaultDevice(), cuda: native.cardInfo()! };
}

/** True when tensors can be made on a device. */
export function isAvailable(device: Device): boolean {
  return device === "cpu" || (device === "cuda" && whyNoCard() === undefined);
}
