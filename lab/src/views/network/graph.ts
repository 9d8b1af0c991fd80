/**
 * The graph of a network in SVG: boxes for layers and operations, frames around unfolded modules, arrows. A click on a box chooses
 * its layer; the sign in the corner folds and unfolds a module.
 */
import type { NetworkBox, NetworkDrawing } from "../../../../src/view/states/network.ts";
import { arrowHead, curve, svg } from "../../graph/svg.ts";
import type { Say } from "../../strings/index.ts";

/** What the graph asks for. */
export interface GraphActions {
  choose(path: string): void;
  /** Folds the module when it is unfolded, and the other way round; undefined where nobody can draw that. */
  toggle(id: string): (() => void) | undefined;
}

/** Draws a network folded in one way. */
export function networkGraph(drawing: NetworkDrawing, name: string, say: Say, actions: GraphActions): SVGSVGElement {
  const { width, height, boxes, arrows } = drawing;
  const frames = boxes.filter(({ role }) => role === "frame");
  const rest = boxes.filter(({ role }) => role !== "frame");
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": say("network.graph", { name }) },
    ...frames.map((box) => frame(box, say, actions)),
    ...arrows.map(({ from, to, points }) =>
      svg("g", { class: "nabla-network-arrow", "data-from": from, "data-to": to }, svg("path", { d: curve(points), class: "nabla-network-line" }), svg("path", { d: arrowHead(points), class: "nabla-network-arrowhead" })),
    ),
    ...rest.map((box) => node(box, say, actions)),
  );
}

function titleOf(box: NetworkBox): string {
  return box.call === undefined ? box.title : `${box.title} ${box.call[0]}/${box.call[1]}`;
}

function frame(box: NetworkBox, say: Say, actions: GraphActions): SVGGElement {
  const group = groupOf(box, "nabla-network-frame");
  const title = svg("text", { x: 26, y: 15, class: "nabla-network-frame-title" }, titleOf(box));
  group.append(svg("rect", { width: box.width, height: box.height, rx: 8, class: "nabla-network-shape" }), title, foldSign(box, "−", say("network.fold", { name: box.title }), say, actions, 7, 4));
  chosenByClick(title, box, say, actions);
  return group;
}

function node(box: NetworkBox, say: Say, actions: GraphActions): SVGGElement {
  const group = groupOf(box, `nabla-network-box nabla-network-${box.role}${box.unused === true ? " nabla-network-unused" : ""}`);
  const { width, height, subtitle } = box;
  const face = svg("g", { class: "nabla-network-face" },
    svg("rect", { width, height, rx: 6, class: "nabla-network-shape" }),
    svg("text", { x: width / 2, y: subtitle === "" ? height / 2 + 4.5 : height / 2 - 3, class: "nabla-network-title", "text-anchor": "middle" }, box.title),
  );
  if (subtitle !== "") face.append(svg("text", { x: width / 2, y: height / 2 + 13, class: "nabla-network-subtitle", "text-anchor": "middle" }, subtitle));
  if (box.call !== undefined) {
    face.append(
      svg("rect", { x: width - 30, y: -8, width: 28, height: 16, rx: 8, class: "nabla-network-badge" }),
      svg("text", { x: width - 16, y: 4, class: "nabla-network-badge-text", "text-anchor": "middle" }, `${box.call[0]}/${box.call[1]}`),
    );
  }
  const words = [titleOf(box), subtitle, ...(box.call === undefined ? [] : [say("network.again", { call: box.call[0], calls: box.call[1] })]), ...(box.unused === true ? [say("network.unused")] : [])];
  face.append(svg("title", {}, words.filter((word) => word !== "").join("\n")));
  group.append(face);
  if (box.path !== undefined) chosenByClick(face, box, say, actions);
  if (box.role === "group") group.append(foldSign(box, "+", say("network.unfold", { name: box.title }), say, actions, 5, 5));
  return group;
}

function groupOf(box: NetworkBox, className: string): SVGGElement {
  const data = { "data-box": box.id, "data-role": box.role, "data-title": box.title, "data-shape": box.subtitle, ...(box.path === undefined ? {} : { "data-path": box.path }) };
  return svg("g", { class: className, transform: `translate(${box.x} ${box.y})`, ...data });
}

/** Makes a part of the drawing a button. */
function asButton(element: SVGElement, label: string, act: () => void): void {
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", "0");
  element.setAttribute("aria-label", label);
  element.addEventListener("click", act);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}

function chosenByClick(element: SVGElement, box: NetworkBox, say: Say, actions: GraphActions): void {
  if (box.path === undefined) return;
  asButton(element, say("network.choose", { name: titleOf(box), shape: box.subtitle }), () => actions.choose(box.path!));
}

function foldSign(box: NetworkBox, sign: string, label: string, say: Say, actions: GraphActions, x: number, y: number): SVGGElement {
  const act = actions.toggle(box.id);
  const group = svg("g", { class: "nabla-network-fold", transform: `translate(${x} ${y})` }, svg("rect", { width: 15, height: 15, rx: 3 }), svg("text", { x: 7.5, y: 11.5, "text-anchor": "middle" }, sign));
  if (act === undefined) {
    group.classList.add("nabla-network-fold-off");
    group.append(svg("title", {}, say("network.foldNeedsKernel")));
  } else {
    group.append(svg("title", {}, label));
    asButton(group, label, act);
  }
  return group;
}
