/**
 * Imported for what it does: puts the methods on tensors, ties the runtime to the notebook and lets models and tensors show themselves,
 * once, whichever face of the library ("nabla", "nabla/course") is imported first.
 */
import { backwardMethods } from "./autograd/backward.ts";
import { attachToNotebook } from "./host.ts";
import { showModulesAsTables } from "./inspect/network/cell-value.ts";
import { showTensorsAsViews } from "./inspect/tensor/tensor-view.ts";
import { nameTensorsOfNotebook } from "./nn/module/named-tensors.ts";
import { attachMethods } from "./tensor/methods.ts";

attachMethods(backwardMethods);
attachToNotebook();
showModulesAsTables();
showTensorsAsViews();
nameTensorsOfNotebook();
