/** The program that a classifier's playground runs, as text to copy. A test runs it and comes to the same loss. */
import { POINTS } from "./plane-training.ts";
import type { PlaneModel } from "./plane-training.ts";

/** @param model the learner's own, where it is not the usual perceptron. */
export function classifierCode(seed: number, model?: PlaneModel): string {
  const network = model === undefined
    ? ["const hidden: number[] = Array(depth).fill(width);", "const model = new nn.models.Mlp([2, ...hidden, 2], { activation });"]
    : [`const makeModel = ${model.toString()};`, "const model = makeModel({ width, depth, activation });"];
  return [
    'import { data, manualSeed, nn, noGrad, optim, random } from "nabla";',
    "",
    "const dataset = {{dataset}}, noise = {{noise}};",
    "const width = {{width}}, depth = {{depth}}, activation = {{activation}};",
    "const lr = {{lr}}, batchSize = {{batchSize}}, epochs = 100;",
    "",
    `const draw = (seed: number) => data[dataset](${POINTS}, { noise, random: new random.MT19937(seed) });`,
    `const train = draw(${seed}), test = draw(${seed + 1});`,
    "",
    `manualSeed(${seed});`,
    ...network,
    "const optimizer = new optim.{{!optimizer}}(model.parameters(), { lr });",
    "",
    "for (let epoch = 0; epoch < epochs; epoch++) {",
    "  for (const [x, y] of data.batches([train.points, train.labels], { batchSize, shuffle: true })) {",
    "    optimizer.zeroGrad();",
    "    nn.functional.crossEntropy(model.forward(x), y).backward();",
    "    optimizer.step();",
    "  }",
    "}",
    "",
    "const scores = noGrad(() => model.forward(test.points));",
    'const accuracy = scores.argmax({ dim: 1 }).eq(test.labels).to("float32").mean().item();',
    "console.log(`${(100 * accuracy).toFixed(1)} % of the test points are right`);",
  ].join("\n");
}
