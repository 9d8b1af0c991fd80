/** The arithmetic behind one number: the window on the layer's input, the weights, the products, and what they come to. */
import type { FeatureArithmetic, FeatureExplanation, MapSheet, WindowPart } from "../../../../src/view/states/features.ts";
import type { ViewHost } from "../../registry.ts";
import { aboutZero, readable } from "./colours.ts";
import { make, showMap, sizeOf, table } from "./elements.ts";

type Text = ViewHost<unknown>["text"];

/** A number with its meaning, which a program can read as well. */
function figure(name: string, value: number | null | undefined): HTMLElement {
  const element = make("strong", `nabla-features-${name}`, readable(value));
  element.dataset[name] = String(value);
  return element;
}

/** A text in which `{name}` stand for elements. */
function sentence(template: string, parts: Readonly<Record<string, HTMLElement>>): HTMLParagraphElement {
  const paragraph = make("p", "nabla-features-equation");
  for (const piece of template.split(/(\{\w+\})/)) paragraph.append(parts[piece.slice(1, -1)] ?? piece);
  return paragraph;
}

/** The input's channels with the window drawn on each. */
function windowsOn(sheet: MapSheet, arithmetic: FeatureArithmetic, text: Text): HTMLElement {
  const { rows, columns, parts, inputSize } = arithmetic as Required<FeatureArithmetic>;
  const strip = make("div", "nabla-features-inputs");
  const [high, wide] = inputSize;
  const longest = parts.length === 1 ? 150 : parts.length <= 4 ? 110 : 72;
  for (const { channel } of parts) {
    if (channel >= sheet.count) continue;
    const item = make("figure", "nabla-features-input");
    const picture = make("div", "nabla-features-picture");
    showMap(picture, sheet, channel, longest);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", text("features.windowOn", { channel, top: rows[0]!, bottom: rows.at(-1)!, left: columns[0]!, right: columns.at(-1)! }));
    const box = make("div", "nabla-features-window");
    const [top, left] = [Math.max(0, rows[0]!), Math.max(0, columns[0]!)];
    Object.assign(box.style, {
      top: `${(100 * top) / high}%`, left: `${(100 * left) / wide}%`,
      height: `${(100 * (Math.min(high - 1, rows.at(-1)!) + 1 - top)) / high}%`,
      width: `${(100 * (Math.min(wide - 1, columns.at(-1)!) + 1 - left)) / wide}%`,
    });
    picture.append(box);
    item.append(picture, make("figcaption", "", text("features.channel", { channel })));
    item.style.width = `${Math.max(48, sizeOf(sheet.size, longest)[0])}px`;
    strip.append(item);
  }
  return strip;
}

/** One channel's part of a convolution: inputs times weights are products. */
function productsOf(part: WindowPart, sheet: MapSheet, diverging: readonly string[], reach: { weights: readonly number[]; products: readonly number[] }, text: Text): HTMLElement {
  const { channel, inputs, weights, sum } = part;
  const products = inputs.map((line, r) => line.map((value, c) => (value === null || weights![r]![c] === null ? null : value * weights![r]![c]!)));
  const row = make("div", "nabla-features-part");
  row.dataset["channel"] = String(channel);
  const sign = (mark: string): HTMLElement => make("span", "nabla-features-sign", mark);
  row.append(
    table(text("features.channel", { channel }), inputs, sheet.colours, "0"), sign("×"),
    table(text("features.weights"), weights!, aboutZero(diverging, reach.weights), ""), sign("="),
    table(text("features.products"), products, aboutZero(diverging, reach.products), "0"), sign("→"),
    figure("sum", sum),
  );
  return row;
}

function ofWindow(explanation: FeatureExplanation, diverging: readonly string[], text: Text): HTMLElement[] {
  const { arithmetic, input } = explanation;
  const { kind, value, result, rows, columns, parts, rest, sum, bias, divisor, at } = arithmetic as Required<FeatureArithmetic>;
  const sheet = input!;
  const held = figure("held", value);
  const elements: HTMLElement[] = [windowsOn(sheet, arithmetic, text)];
  if (kind === "convolution") {
    const flat = (lines: readonly (readonly (number | null)[])[]): number[] => lines.flat().map((each) => each ?? 0);
    const weights = parts.flatMap((part) => flat(part.weights!));
    const products = parts.flatMap((part) => flat(part.inputs).map((each, i) => each * flat(part.weights!)[i]!));
    const all = make("div", "nabla-features-parts");
    all.append(...parts.map((part) => productsOf(part, sheet, diverging, { weights, products }, text)));
    elements.push(all);
    if (arithmetic.rest !== undefined) elements.push(sentence(text("features.rest", { channels: rest.channels }), { sum: figure("rest", rest.sum) }));
    const template = text(bias === undefined ? "features.convolutionWithoutBias" : "features.convolution");
    elements.push(sentence(template, { sum: figure("total", sum), bias: figure("bias", bias), result: figure("result", result), value: held }));
    return elements;
  }
  const [part] = parts as readonly [WindowPart];
  const numbers = table(text("features.channel", { channel: part.channel }), part.inputs, sheet.colours, "", (cell, r, c) => {
    if (kind === "maximum" && rows[r] === at[0] && columns[c] === at[1]) cell.classList.add("nabla-features-largest");
  });
  const row = make("div", "nabla-features-part");
  row.append(numbers);
  const template = kind === "maximum" ? text("features.maximum", { row: at[0]!, column: at[1]! }) : text("features.mean", { divisor });
  elements.push(row, sentence(template, { sum: figure("total", sum), result: figure("result", result), value: held }));
  return elements;
}

/** Everything about one number. */
export function explain(explanation: FeatureExplanation, diverging: readonly string[], text: Text): HTMLElement[] {
  const { kind, value, before } = explanation.arithmetic;
  if (kind === "other") return [sentence(text("features.other"), { value: figure("held", value) })];
  if (kind === "elementwise") return [sentence(text("features.elementwise"), { before: figure("before", before), value: figure("held", value) })];
  return ofWindow(explanation, diverging, text);
}
