/**
 * A training step of ResNet-18 as the library builds it, whose products and convolutions may round their factors to bfloat16.
 */
import { labels } from "../inputs.mjs";
import { filled } from "../rows/filled.mjs";
import { training } from "../rows/training-step.mjs";

/** @typedef {import("../rows/row.mjs").Nabla} Nabla */

/** Weights of variance 2 / inputs (He et al. 2015) and a small bias at the end; normalisation begins as it does by itself. @param {Nabla} nabla @param {InstanceType<Nabla["nn"]["models"]["ResNet18"]>} network */
function fill(nabla, network) {
  let seed = 2;
  for (const [name, parameter] of network.namedParameters()) {
    const inputs = parameter.shape.slice(1).reduce((a, b) => a * b, 1);
    const scale = name === "fc.bias" ? 0.1 : parameter.ndim > 1 ? Math.sqrt(24 / inputs) : undefined;
    if (scale !== undefined) nabla.noGrad(() => parameter.copy_(filled(nabla, parameter.shape, seed, scale)));
    seed += 1;
  }
}

/**
 * @param {{batch: number, side: number, width: number}} sizes `width` is the part of all channels that is built
 * @returns {(nabla: Nabla) => import("../rows/row.mjs").Work}
 */
export const residualNetwork = ({ batch, side, width }) => (nabla) => {
  const network = new nabla.nn.models.ResNet18({ width });
  fill(nabla, network);
  const x = filled(nabla, [batch, 3, side, side], 1, 2);
  const y = nabla.tensor(labels(batch, 10));
  const scores = () => nabla.autocast({ dtype: "bfloat16" }, () => network.forward(x));
  const loss = () => nabla.nn.functional.crossEntropy(scores(), y);
  return training(nabla, [...network.parameters()], loss, { lr: 0.01, momentum: 0.9, compiled: true });
};
