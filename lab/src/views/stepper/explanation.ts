/**
 * What has happened in a step, in words and numbers: the formula, the matrices that are multiplied, and the arithmetic of one
 * element, which a click on the element chooses.
 */
import type { StateNumber, StepperArrow, StepperBox, StepperState, StepperStep, StepperValue } from "../../../../src/view/states/stepper.ts";
import { html } from "../../graph/svg.ts";
import type { Say } from "../../strings/index.ts";
import { elementName, elementwiseDerivatives, enclosed, forwardArithmetic, gradientFactors, gradientTerms, matrixOf, shown } from "./arithmetic.ts";

/** More columns or rows are cut off beside the words. */
const MOST_COLUMNS = 8;
const MOST_ROWS = 8;
/** More products than this are summed up without being written out. */
const MOST_TERMS = 10;

/** The element that is looked at first: the first that is not 0. */
function firstElement(numbers: readonly StateNumber[]): number {
  return Math.max(0, numbers.findIndex((value) => value !== 0));
}

export class Explanation {
  readonly element = html("div", "nabla-stepper-explanation");
  readonly #state: StepperState;
  readonly #say: Say;
  #step: StepperStep | undefined;
  #chosen = 0;

  constructor(state: StepperState, say: Say) {
    this.#state = state;
    this.#say = say;
  }

  /** Explains a step; undefined stands for the beginning. */
  show(step: StepperStep | undefined): void {
    this.#step = step;
    const numbers = step?.kind === "forward" ? this.#state.boxes[step.box]!.values[0]!.values : step?.kind === "backward" ? this.#state.arrows[step.arrow]!.contribution : undefined;
    this.#chosen = numbers === undefined ? 0 : firstElement(numbers);
    this.#draw();
  }

  /** The step in one sentence, for a screen reader. */
  get sentence(): string {
    const [step, { boxes, arrows, result }] = [this.#step, this.#state];
    if (step === undefined) return this.#say("stepper.begin");
    if (step.kind === "forward") return this.#say("stepper.sayForward", { name: nameOf(boxes[step.box]!), value: spoken(boxes[step.box]!.values[0]!.values) });
    if (step.kind === "seed") return this.#say("stepper.saySeed", { result });
    const operand = operandOf(this.#state, arrows[step.arrow]!);
    return this.#say("stepper.sayBackward", { result, name: operand.name, value: spoken(step.sum) });
  }

  #draw(): void {
    const step = this.#step;
    this.element.replaceChildren();
    if (step === undefined) this.element.append(html("p", "", this.#say("stepper.begin")));
    else if (step.kind === "forward") this.#drawForward(this.#state.boxes[step.box]!);
    else if (step.kind === "seed") this.#drawSeed();
    else this.#drawBackward(this.#state.arrows[step.arrow]!, step);
  }

  #drawForward(box: StepperBox): void {
    const value = box.values[0]!;
    this.#heading(this.#say("stepper.forward"), `${nameOf(box)} = ${box.expression ?? ""}`);
    const line = html("div", "nabla-stepper-row");
    line.append(this.#matrix(nameOf(box), value, value.values, "value", true));
    this.element.append(line);
    const arithmetic = forwardArithmetic(this.#state, box, this.#chosen);
    const number = value.values?.[this.#chosen];
    if (arithmetic === undefined || number === undefined) return;
    const sum = html("p", "nabla-stepper-arithmetic", html("b", "", elementName(value.name, value.shape, this.#chosen)), ` = ${arithmetic} = `, html("b", "", shown(number)));
    sum.dataset["value"] = String(number);
    this.element.append(sum);
  }

  #drawSeed(): void {
    const { result } = this.#state;
    this.#heading(this.#say("stepper.backward"), `∂${result}/∂${result} = 1`);
    this.element.append(html("p", "", this.#say("stepper.seed", { result })));
  }

  #drawBackward(arrow: StepperArrow, step: Extract<StepperStep, { kind: "backward" }>): void {
    const { result, boxes } = this.#state;
    const [operand, call] = [operandOf(this.#state, arrow), boxes[arrow.to]!];
    const upstream = call.values[0]!;
    const names = { gradient: `∂${result}/∂${operand.name}`, upstream: `∂${result}/∂${nameOf(call)}`, local: `∂${nameOf(call)}/∂${operand.name}` };
    this.#heading(this.#say("stepper.backward"), `${names.gradient} ${step.arrivals > 1 ? "+=" : "="} ${arrow.isProduct === true ? arrow.rule! : `${names.upstream} × ${names.local}`}`);
    this.element.append(html("p", "", this.#say("stepper.through", { name: operand.name, call: `${nameOf(call)} = ${call.expression ?? ""}` })));
    const line = html("div", "nabla-stepper-row");
    const factors = gradientFactors(this.#state, arrow);
    if (factors === undefined) line.append(this.#matrix(names.upstream, upstream, upstream.gradient, "upstream", false));
    else {
      const [left, right] = factors.map((factor) => this.#matrix(factor.name, factor, factor.values, factor.name.startsWith("∂") ? "upstream" : "local", false));
      line.append(left!, html("span", "nabla-stepper-sign", "@"), right!);
    }
    const derivatives = elementwiseDerivatives(this.#state, arrow);
    if (arrow.isProduct !== true) {
      line.append(html("span", "nabla-stepper-sign", "×"));
      const rule = arrow.rule === undefined ? names.local : `${names.local} = ${arrow.rule}`;
      line.append(derivatives === undefined ? html("span", "nabla-stepper-rule", rule) : this.#matrix(rule, operand, derivatives, "local", false));
    }
    line.append(html("span", "nabla-stepper-sign", arrow.isProduct === true && factors === undefined ? "→" : "="), this.#matrix(step.arrivals > 1 ? this.#say("stepper.share") : names.gradient, operand, arrow.contribution, "contribution", true));
    this.element.append(line);
    this.#drawTerms(arrow, operand, names.gradient);
    if (step.arrivals > 1) this.#drawSum(arrow, operand, step, names.gradient);
  }

  /** The products that make the chosen element. */
  #drawTerms(arrow: StepperArrow, operand: StepperValue, gradient: string): void {
    const terms = gradientTerms(this.#state, arrow, this.#chosen);
    const number = arrow.contribution?.[this.#chosen];
    if (terms === undefined || number === undefined) return;
    const line = html("p", "nabla-stepper-arithmetic", html("b", "", elementName(gradient, operand.shape, this.#chosen)), terms.length > 1 ? " = Σ " : " = ");
    line.dataset["element"] = String(this.#chosen);
    line.dataset["contribution"] = String(number);
    if (terms.length === 0) line.append("0");
    terms.forEach(({ of, upstream, local }, i) => {
      if (i >= MOST_TERMS) return;
      const term = html("span", "nabla-stepper-term", enclosed(upstream), " × ", enclosed(local));
      term.title = this.#say("stepper.term", { of });
      Object.assign(term.dataset, { upstream: String(upstream), local: String(local), of });
      line.append(i === 0 ? "" : " + ", term);
    });
    if (terms.length > MOST_TERMS) line.append(` + ${this.#say("stepper.more", { count: terms.length - MOST_TERMS })}`);
    line.append(" = ", html("b", "", shown(number)));
    this.element.append(line);
  }

  /** The sum over the places where a tensor is used. */
  #drawSum(arrow: StepperArrow, operand: StepperValue, step: Extract<StepperStep, { kind: "backward" }>, gradient: string): void {
    const [share, sum] = [arrow.contribution?.[this.#chosen], step.sum?.[this.#chosen]];
    if (share === undefined || sum === undefined) return;
    const before = this.#before(arrow, step)?.[this.#chosen];
    if (before === undefined) return;
    const name = elementName(gradient, operand.shape, this.#chosen);
    const line = html("p", "nabla-stepper-arithmetic nabla-stepper-total", this.#say("stepper.usedAgain", { name: operand.name, times: step.arrivals }), " ", html("b", "", name), ` = ${shown(before)} + ${enclosed(share)} = `, html("b", "", shown(sum)));
    Object.assign(line.dataset, { before: String(before), share: String(share), sum: String(sum) });
    this.element.append(line);
  }

  /** What had arrived at the operand before this step. */
  #before(arrow: StepperArrow, step: StepperStep): readonly StateNumber[] | undefined {
    const { steps, arrows } = this.#state;
    for (let i = steps.indexOf(step) - 1; i >= 0; i--) {
      const earlier = steps[i]!;
      if (earlier.kind !== "backward") continue;
      const other = arrows[earlier.arrow]!;
      if (other.from === arrow.from && other.output === arrow.output) return earlier.sum;
    }
    return undefined;
  }

  #heading(direction: string, formula: string): void {
    this.element.append(html("p", "nabla-stepper-heading", html("span", "nabla-stepper-direction", direction), html("code", "", formula)));
  }

  /** A matrix with its name above it; a click on an element chooses it where it can be chosen. */
  #matrix(name: string, { shape }: { readonly shape: readonly number[] }, numbers: readonly StateNumber[] | undefined, role: string, choose: boolean): HTMLElement {
    const figure = html("figure", `nabla-stepper-matrix nabla-stepper-matrix-${role}`, html("figcaption", "", name));
    if (numbers === undefined) {
      figure.append(html("span", "nabla-stepper-missing", `[${shape.join(", ")}] ${this.#say("stepper.tooLarge")}`));
      return figure;
    }
    figure.dataset["values"] = JSON.stringify(numbers);
    const [rows, columns] = matrixOf(shape);
    const table = html("table");
    for (let row = 0; row < Math.min(rows, MOST_ROWS); row++) {
      const line = table.insertRow();
      for (let column = 0; column < Math.min(columns, MOST_COLUMNS); column++) {
        const position = row * columns + column;
        const cell = line.insertCell();
        if (!choose || numbers.length === 1) cell.append(shown(numbers[position]!));
        else cell.append(this.#choice(elementName(name, shape, position), shown(numbers[position]!), position));
      }
      if (columns > MOST_COLUMNS) line.insertCell().append("…");
    }
    if (rows > MOST_ROWS) table.insertRow().insertCell().append("…");
    figure.append(table);
    return figure;
  }

  #choice(name: string, text: string, position: number): HTMLButtonElement {
    const button = html("button", "nabla-stepper-choice", text);
    button.type = "button";
    button.setAttribute("aria-pressed", String(position === this.#chosen));
    button.setAttribute("aria-label", this.#say("stepper.choose", { name, value: text }));
    button.addEventListener("click", () => {
      this.#chosen = position;
      this.#draw();
      this.element.querySelector<HTMLButtonElement>('.nabla-stepper-choice[aria-pressed="true"]')?.focus();
    });
    return button;
  }
}

function nameOf(box: StepperBox): string {
  return box.values.map(({ name }) => name).join(", ");
}

function operandOf(state: StepperState, arrow: StepperArrow): StepperValue {
  return state.boxes[arrow.from]!.values[arrow.output]!;
}

/** A few numbers to be read out. */
function spoken(numbers: readonly StateNumber[] | undefined): string {
  if (numbers === undefined) return "";
  return numbers.slice(0, 6).map(shown).join(", ") + (numbers.length > 6 ? ", …" : "");
}
