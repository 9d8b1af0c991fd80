/** The keys under which a value says how it is shown: in a notebook (Deno's convention) and in Node's console. */

/** A method under this key gives the value's MIME bundle. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");
/** A method under this key gives the value's text in `console.log`. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");
