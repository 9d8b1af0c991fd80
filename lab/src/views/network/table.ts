/** The layers of a network as a table, in which a row is chosen. */
import type { NetworkLayer, NetworkState } from "../../../../src/view/states/network.ts";
import { html } from "../../graph/svg.ts";
import type { Say } from "../../strings/index.ts";

const grouped = (count: number): string => count.toLocaleString("en-US");

function shapesOf(layer: NetworkLayer, say: Say): string {
  if (layer.calls === undefined) return "";
  if (layer.calls === 0) return say("network.notCalled");
  return layer.outputShapes.map((shape) => `[${shape.join(", ")}]`).join(", ");
}

/** The table; `choose` is told the path of a row that is clicked. */
export function layerTable({ layers, name }: NetworkState, say: Say, choose: (path: string) => void): HTMLTableElement {
  const wasRun = layers.some(({ calls }) => calls !== undefined);
  const table = html("table", "nabla-network-table");
  table.append(html("caption", "nabla-announcer", say("network.table", { name })));
  const head = html("tr");
  for (const key of ["network.layer", ...(wasRun ? (["network.outputShape"] as const) : []), "network.parameters"] as const) {
    const cell = html("th", "", say(key));
    cell.scope = "col";
    head.append(cell);
  }
  const body = html("tbody");
  for (const layer of layers) {
    const row = html("tr");
    row.dataset["path"] = layer.path;
    row.dataset["parameters"] = String(layer.parameters);
    row.dataset["shape"] = JSON.stringify(layer.outputShapes);
    const button = html("button", "nabla-network-row");
    button.type = "button";
    button.style.paddingLeft = `${4 + layer.depth * 14}px`;
    if (layer.path !== "") button.append(html("span", "nabla-network-path", layer.path.split(".").at(-1)!), " ");
    button.append(layer.label);
    if ((layer.calls ?? 0) > 1) button.append(html("span", "nabla-network-times", `×${layer.calls}`));
    button.addEventListener("click", () => choose(layer.path));
    row.append(html("td", "", button));
    if (wasRun) row.append(html("td", layer.calls === 0 ? "nabla-network-uncalled" : "", shapesOf(layer, say)));
    row.append(html("td", "", layer.inner && layer.parameters === 0 ? "" : grouped(layer.parameters)));
    body.append(row);
  }
  table.append(html("thead", "", head), body);
  return table;
}
