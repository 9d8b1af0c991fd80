/**
 * Things to play with in a notebook: settings with sliders that a running program reads, a pad to draw digits on, and a small
 * network that learns before one's eyes.
 */
import { classifier } from "./classifier.ts";
import { drawingPad } from "./drawing-pad.ts";
import { playground as settingsPlayground } from "./playground.ts";

export type { Classifier, ClassifierOptions } from "./classifier.ts";
export type { DrawingPad, DrawingPadOptions } from "./drawing-pad.ts";
export type { PlaneModel, PlaneSettings } from "./plane-training.ts";
export type { ChangeOf, Playground, PlaygroundControls, PlaygroundOptions } from "./playground.ts";
export type { PictureModel } from "./reading.ts";
export type { ChoiceSetting, RangeSetting, Setting, Settings, ValueOf, ValuesOf } from "./settings.ts";

/** Sliders and choices: call it. On it: a drawing pad and a classifier of points in the plane. */
export const playground = Object.assign(settingsPlayground, { classifier, drawingPad });
