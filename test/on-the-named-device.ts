/**
 * Where tests run on another device (NABLA_DEVICE), a file fails if that is not there: by itself the library warns and goes on on
 * the CPU, where they would all pass.
 */
import { afterAll, expect } from "vitest";
import type { Device } from "../src/tensor/device.ts";

const named = process.env["NABLA_DEVICE"];

afterAll(async () => {
  // A file that names a device by itself looks after it.
  if (named === undefined || process.env["NABLA_DEVICE"] !== named) return;
  const { isAvailable } = await import("../src/tensor/device-report.ts");
  expect(isAvailable(named as Device), `there is a device ${named}`).toBe(true);
});
