/**
 * The network as a drawing: inputs, a column of units for each layer, each with the map of what it answers all over the
 * plane, and between them the weights as lines, thicker where larger, orange where they speak for and blue where against.
 * The units are one stop of the Tab key; the arrow keys go from unit to unit, and the one that is looked at is shown large.
 */
import type { ClassifierFrame } from "../../../../src/view/states/classifier.ts";
import type { ViewHost } from "../../registry.ts";
import { classColour, levelsOf, paintLevels } from "./paint.ts";

/** A unit that is looked at. */
export interface UnitPlace {
  readonly layer: number;
  readonly unit: number;
}

const SVG = "http://www.w3.org/2000/svg";
/** Sizes in pixels. */
const [TILE, GAP, TOP] = [34, 8, 22];
/** The distance of columns: as far as there is room. */
const [WIDEST_COLUMN, WIDTH] = [84, 320];
/** The thickest line, and how much weight it stands for. */
const [THICKEST, LARGEST_WEIGHT] = [5, 3];

export interface NetworkDrawing {
  readonly element: HTMLElement;
  show(frame: ClassifierFrame): void;
}

/** @param look called with the unit that the person looks at, or nothing when they look away */
export function drawNetwork(host: ViewHost<unknown>, look: (place: UnitPlace | undefined) => void): NetworkDrawing {
  const element = document.createElement("div");
  element.className = "nabla-classifier-network";
  const lines = document.createElementNS(SVG, "svg");
  lines.setAttribute("aria-hidden", "true");
  element.append(lines);
  let column = WIDEST_COLUMN;
  let shape = "";
  let tiles: HTMLButtonElement[][] = [];

  const build = (frame: ClassifierFrame): void => {
    element.replaceChildren(lines);
    const counts = [2, ...frame.layers.map(({ maps }) => maps.length)];
    const height = TOP + Math.max(6, ...counts) * (TILE + GAP);
    column = columnWidth(counts.length);
    const width = (counts.length + 0.35) * column;
    Object.assign(element.style, { width: `${width}px`, height: `${height}px` });
    lines.setAttribute("width", String(width));
    lines.setAttribute("height", String(height));
    for (const [i, name] of ["x₁", "x₂"].entries()) {
      const input = place(document.createElement("div"), middleOf(0, i, 2, height));
      input.className = "nabla-input";
      input.textContent = name;
      element.append(input);
    }
    element.append(caption(host.text("classifier.inputs"), 0));
    tiles = frame.layers.map(({ maps, units }, layer) => {
      const name = maps.length < units ? host.text("classifier.layerOf", { layer: layer + 1, shown: maps.length, units }) : host.text("classifier.layer", { layer: layer + 1 });
      element.append(caption(name, (layer + 1) * column));
      return maps.map((_, unit) => {
        const tile = place(document.createElement("button"), middleOf((layer + 1) * column, unit, maps.length, height)) as HTMLButtonElement;
        tile.type = "button";
        tile.className = "nabla-unit";
        tile.tabIndex = layer === 0 && unit === 0 ? 0 : -1;
        tile.append(document.createElement("canvas"));
        const here = (): void => look({ layer, unit });
        const away = (): void => look(undefined);
        for (const type of ["focus", "pointerenter"]) tile.addEventListener(type, here);
        for (const type of ["blur", "pointerleave"]) tile.addEventListener(type, away);
        tile.addEventListener("keydown", (event) => move(event, layer, unit));
        element.append(tile);
        return tile;
      });
    });
  };

  const move = (event: KeyboardEvent, layer: number, unit: number): void => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const units = tiles[layer + step[0]!];
    const next = units?.[Math.min(units.length - 1, unit + step[1]!)];
    if (next === undefined) return;
    tiles[layer]![unit]!.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  return {
    element,
    show(frame) {
      const wanted = frame.layers.map(({ maps }) => maps.length).join();
      if (wanted !== shape || tiles.length === 0) {
        shape = wanted;
        build(frame);
      }
      frame.layers.forEach(({ maps }, layer) => maps.forEach(({ map, low, high }, unit) => {
        const tile = tiles[layer]![unit]!;
        paintLevels(tile.firstElementChild as HTMLCanvasElement, levelsOf(map), host.theme);
        tile.setAttribute("aria-label", host.text("classifier.unit", { unit: unit + 1, layer: layer + 1, low, high }));
      }));
      lines.replaceChildren(...weightLines(frame, Number(lines.getAttribute("height"))));
    },
  };
}

function columnWidth(columns: number): number {
  return Math.min(WIDEST_COLUMN, Math.floor(WIDTH / (columns + 0.35)));
}

/** The middle of a unit's tile. */
function middleOf(left: number, row: number, rows: number, height: number): { x: number; y: number } {
  const start = TOP + (height - TOP - rows * (TILE + GAP)) / 2;
  return { x: left + TILE / 2, y: start + row * (TILE + GAP) + TILE / 2 };
}

function place(element: HTMLElement, { x, y }: { x: number; y: number }): HTMLElement {
  Object.assign(element.style, { left: `${x - TILE / 2}px`, top: `${y - TILE / 2}px`, width: `${TILE}px`, height: `${TILE}px` });
  return element;
}

function caption(text: string, left: number): HTMLElement {
  const element = document.createElement("div");
  element.className = "nabla-classifier-network-caption";
  element.textContent = text;
  element.style.left = `${left}px`;
  return element;
}

function weightLines({ layers, outputWeights }: ClassifierFrame, height: number): SVGElement[] {
  const counts = [2, ...layers.map(({ maps }) => maps.length)];
  const found: SVGElement[] = [];
  const join = (weight: number, from: { x: number; y: number }, to: { x: number; y: number }): void => {
    const path = document.createElementNS(SVG, "path");
    const bend = (to.x - from.x) / 2;
    path.setAttribute("d", `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`);
    path.setAttribute("stroke", classColour(weight > 0 ? 1 : 0));
    path.setAttribute("stroke-width", Math.min(THICKEST, 0.4 + (THICKEST * Math.abs(weight)) / LARGEST_WEIGHT).toFixed(1));
    found.push(path);
  };
  const [side, column] = [TILE / 2, columnWidth(counts.length)];
  layers.forEach(({ weights }, layer) => {
    const before = counts[layer]!;
    weights?.forEach((weight, i) => {
      const [from, to] = [middleOf(layer * column, i % before, before, height), middleOf((layer + 1) * column, Math.floor(i / before), counts[layer + 1]!, height)];
      join(weight, { x: from.x + side, y: from.y }, { x: to.x - side, y: to.y });
    });
  });
  const last = counts.length - 1;
  outputWeights?.forEach((weight, unit) => {
    const from = middleOf(last * column, unit, counts[last]!, height);
    join(weight, { x: from.x + side, y: from.y }, { x: (counts.length + 0.35) * column, y: TOP + (height - TOP) / 2 });
  });
  return found;
}
