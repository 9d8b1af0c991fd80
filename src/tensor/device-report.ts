/**
 * What there is to compute on, for people to look at: `device.info()`.
 */
import { getDefaultDevice, whyNoCard } from "./device.ts";
import type { Device } from "./device.ts";
import { native } from "./native.ts";
import type { CardInfo, CardLibrary } from "./native.ts";

export type { CardInfo, CardLibrary };

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
