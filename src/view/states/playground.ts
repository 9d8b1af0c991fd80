/**
 * What a playground of sliders and choices looks like on the wire and in a saved notebook. Types alone: the library makes
 * these states, the page draws them.
 */

/** What a setting can be. */
export type SettingValue = number | string | boolean;

/** One thing to set. */
export type ControlState = RangeState | ChoiceState | SwitchState;

interface NamedState {
  /** What the code calls it. */
  readonly name: string;
  /** What the page calls it; the page has words of its own for the usual names. */
  readonly label?: string;
  /** The value that a reset goes back to. */
  readonly initial: SettingValue;
}

/** A number between two others. */
export interface RangeState extends NamedState {
  readonly kind: "range";
  readonly min: number;
  readonly max: number;
  /** The distance of neighbouring values; of a logarithmic range, the number of places from end to end. */
  readonly step: number;
  readonly scale: "linear" | "log";
  readonly initial: number;
}

/** One of a few values. */
export interface ChoiceState extends NamedState {
  readonly kind: "choice";
  readonly choices: readonly (string | number)[];
  readonly initial: string | number;
}

/** On or off. */
export interface SwitchState extends NamedState {
  readonly kind: "switch";
  readonly initial: boolean;
}

/** The values by name. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

/** A playground as it stands. */
export interface PlaygroundState {
  readonly title?: string;
  readonly controls: readonly ControlState[];
  readonly values: SettingValues;
  /** The setting as code, with `{{name}}` where a value stands as JSON and `{{!name}}` where it stands as it is. */
  readonly code: string;
}

/** What the library tells the page. */
export interface PlaygroundMessage {
  readonly values: SettingValues;
  /** Whether a page has set them: to that page it is an echo, which must not move a control that a hand is still on. */
  readonly isEcho: boolean;
}
