/**
 * Imported for what it does: puts the methods on tensors and ties the runtime to the notebook, once, whichever face of the
 * library ("nabla", "nabla/course") is imported first.
 */
import { backwardMethods } from "./autograd/backward.ts";
import { attachToNotebook } from "./host.ts";
import { attachMethods } from "./tensor/methods.ts";

attachMethods(backwardMethods);
attachToNotebook();
