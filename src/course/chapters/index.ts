/** The exercises of every chapter, in the course's order. A new chapter adds its list here. */
import type { Exercise } from "../exercise.ts";
import { firstHour } from "./00-first-hour.ts";
import { tensors } from "./00-tensors.ts";
import { linearRegression } from "./01-linear-regression.ts";
import { logisticAndSoftmaxRegression } from "./02-logistic-and-softmax-regression.ts";
import { multilayerPerceptron } from "./03-multilayer-perceptron.ts";
import { trainingCraft } from "./04-training-craft.ts";
import { convolution } from "./05-convolution.ts";
import { lenetAndFeatureMaps } from "./06-lenet-and-feature-maps.ts";
import { recurrentNetworks } from "./07-recurrent-networks.ts";
import { lstmAndGru } from "./08-lstm-and-gru.ts";
import { autoencoders } from "./09-autoencoders.ts";
import { stackedAutoencoders } from "./10-stacked-autoencoders.ts";
import { restrictedBoltzmannMachines } from "./11-restricted-boltzmann-machines.ts";
import { deepBeliefNetworks } from "./12-deep-belief-networks.ts";

export const exercises: readonly Exercise[] = [...firstHour, ...tensors, ...linearRegression, ...logisticAndSoftmaxRegression, ...multilayerPerceptron, ...trainingCraft, ...convolution, ...lenetAndFeatureMaps, ...recurrentNetworks, ...lstmAndGru, ...autoencoders, ...stackedAutoencoders, ...restrictedBoltzmannMachines, ...deepBeliefNetworks];
