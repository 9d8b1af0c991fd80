/**
 * Things in a notebook's page that a person sees and uses, driven from code: a slider, a drop-down, a button and a progress
 * bar. They work while a cell awaits, between cells, and where a synchronous loop reads them.
 */
export { Button, button } from "./button.ts";
export type { ButtonOptions } from "./button.ts";
export { Dropdown, dropdown } from "./dropdown.ts";
export type { Choices, DropdownOptions } from "./dropdown.ts";
export { Progress, progress } from "./progress.ts";
export type { ProgressKind, ProgressOptions } from "./progress.ts";
export { Slider, slider } from "./slider.ts";
export type { SliderOptions } from "./slider.ts";
export { ValueWidget, Widget } from "./widget.ts";
export type { ValueChange, WidgetOptions } from "./widget.ts";
