/** What goes wrong between a view and its page. */
import { NablaError } from "../tensor/errors.ts";

/** A view is used in a way that cannot work: too large a state, a request that nobody answers. */
export class ViewError extends NablaError {
  override readonly name: string = "ViewError";
}
