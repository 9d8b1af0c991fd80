/** Asks a model what it takes a picture for. */
import { NablaError, ShapeError } from "../tensor/errors.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { formatShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Module } from "../nn/module/module.ts";

/** A model of pictures: a module, or a function from a batch with one picture, [1, 1, 28, 28], to scores or probabilities. */
export type PictureModel = Module | ((picture: Tensor) => Tensor);

/**
 * How probable a model finds each class of a picture. A module is asked in its mode of use (without dropout) and with the
 * picture as [1, 1, 28, 28]; where it does not take that, as one row, [1, 784]. Scores become probabilities by softmax;
 * numbers that are probabilities already stay as they are.
 * @param picture [1, 28, 28].
 * @throws what the model throws; ShapeError when it does not give one row of at least two classes.
 */
export function readPicture(model: PictureModel, picture: Tensor): number[] {
  const scores = noGrad(() => (model instanceof Module ? askModule(model, picture) : model(picture.reshape([1, 1, ...picture.shape.slice(-2)]))));
  if (!(scores instanceof Tensor)) throw new NablaError(`drawingPad: the model gave no tensor but a value of type ${typeof scores}`);
  if (scores.numel < 2 || scores.shape.at(-1) !== scores.numel) {
    throw new ShapeError(`drawingPad: for one picture the model gave shape ${formatShape(scores.shape)}; expected one number for each class, [1, classes]`);
  }
  const row = scores.detach().reshape([scores.numel]);
  const numbers = [...row.to("float64").data()].map(Number);
  const sum = numbers.reduce((total, each) => total + each, 0);
  const areProbabilities = numbers.every((each) => each >= 0) && Math.abs(sum - 1) < 1e-3;
  return areProbabilities ? numbers : [...row.to("float64").softmax(-1).data()].map(Number);
}

function askModule(model: Module, picture: Tensor): Tensor {
  const trained = [...model.modules()].filter(({ training }) => training);
  for (const each of trained) each.training = false;
  try {
    const [height, width] = picture.shape.slice(-2) as [number, number];
    try {
      return model.forward(picture.reshape([1, 1, height, width]));
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      return model.forward(picture.reshape([1, height * width]));
    }
  } finally {
    for (const each of trained) each.training = true;
  }
}
