/** A number that a person sets with the mouse: ipywidgets' `IntSlider` and `FloatSlider`, whichever the numbers ask for. */
import { WidgetError } from "../tensor/errors.ts";
import { ValueWidget } from "./widget.ts";
import type { WidgetOptions } from "./widget.ts";

/** What a slider can be told. */
export interface SliderOptions extends WidgetOptions {
  /** Default: 0. */
  readonly min?: number;
  /** Default: 100. */
  readonly max?: number;
  /** The distance of neighbouring values. Default: 1 where all numbers are whole, else a hundredth of the range. */
  readonly step?: number;
  /** Where it stands at the start. Default: `min`. */
  readonly value?: number;
  /** Whether it tells of each place it passes while it is dragged, or only of the one where it is let go. Default: `true`. */
  readonly continuous?: boolean;
}

/** A slider; made by {@link slider}. */
export class Slider extends ValueWidget<number> {
  protected readonly valueNames = ["value"];
  /** The lowest value. */
  readonly min: number;
  /** The highest value. */
  readonly max: number;

  constructor(options: SliderOptions = {}) {
    const { min = 0, max = 100, value = min } = options;
    const areWhole = [min, max, value, options.step ?? 1].every(Number.isInteger);
    const step = options.step ?? (areWhole ? 1 : (max - min) / 100);
    for (const [name, number] of Object.entries({ min, max, value, step })) {
      if (!Number.isFinite(number)) throw new WidgetError(`slider: ${name} must be a finite number, got ${String(number)}`);
    }
    if (min >= max) throw new WidgetError(`slider: min must be below max, got min ${min} and max ${max}`);
    if (step <= 0) throw new WidgetError(`slider: step must be above 0, got ${step}`);
    const type = areWhole ? "Int" : "Float";
    super(
      "slider",
      { model: `${type}SliderModel`, view: `${type}SliderView`, style: "SliderStyleModel" },
      {
        min, max, step, value: Math.min(max, Math.max(min, value)), orientation: "horizontal", readout: true, behavior: "drag-tap",
        readout_format: areWhole ? "d" : `.${decimals(step)}f`, continuous_update: options.continuous ?? true,
      },
      options,
    );
    this.min = min;
    this.max = max;
    this.begin();
  }

  protected read(): number {
    return this.model.get("value") as number;
  }

  protected write(value: number): void {
    if (!Number.isFinite(value)) throw new WidgetError(`slider: value must be a finite number, got ${String(value)}`);
    this.model.set({ value: Math.min(this.max, Math.max(this.min, value)) });
  }

  protected shown(): Record<string, unknown> {
    return { value: this.read(), min: this.min, max: this.max };
  }
}

/** How many decimals show a step. */
function decimals(step: number): number {
  return Math.min(10, Math.max(1, Math.ceil(-Math.log10(step) - 1e-9)));
}

/**
 * Makes a slider. It is shown as a cell's value or with `display`.
 * @param options The range, the step and where it stands; a value outside the range is moved to its end.
 * @throws WidgetError when the numbers make no range
 * @example
 * const rate = widgets.slider({ min: 0, max: 1, value: 0.1, description: "learning rate" });
 * rate.observe(({ value }) => optimizer.lr = value);
 * rate
 */
export function slider(options: SliderOptions = {}): Slider {
  return new Slider(options);
}
