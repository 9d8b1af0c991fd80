/** MIME types that the kernel gives a meaning to, and the check of a bundle that a value made of itself. */
import type { MimeBundle } from "../contracts.ts";

export type { MimeBundle } from "../contracts.ts";

/** The chart types that JupyterLab draws; each is completed by a picture. */
export const VEGA_LITE = "application/vnd.vegalite.v5+json";
export const VEGA = "application/vnd.vega.v5+json";

/** A name such as `image/png`, `application/vnd.vegalite.v5+json` or `text/html`. */
const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

/** Whether a value is an object whose keys are MIME types, at least one. */
export function isMimeBundle(value: unknown): value is MimeBundle {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => MIME_TYPE.test(key));
}
