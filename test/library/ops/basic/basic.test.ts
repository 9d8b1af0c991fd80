/**
 * The basic ops: gradients, PyTorch's values, the reference.
 */
import { checkGradients } from "../../checks/gradients.ts";
import { checkPyTorch } from "../../checks/pytorch.ts";
import { checkReference } from "../../checks/reference.ts";
import { cases } from "./cases.ts";

// Between their jumps these have the derivative 0, and a difference that meets a jump says nothing.
const stepped = /^(sign|floor|ceil|round) /;
checkGradients(cases.filter(({ name }) => !stepped.test(name)));
checkPyTorch(cases, new URL("pytorch.json", import.meta.url));
checkReference(cases);
