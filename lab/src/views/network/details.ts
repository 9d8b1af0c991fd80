/** What is known of one layer: the shapes it gives, its parameters, and their numbers with a small histogram each. */
import type { NetworkLayer, NetworkTensor, TensorStatistics } from "../../../../src/view/states/network.ts";
import { html, svg } from "../../graph/svg.ts";
import type { Say } from "../../strings/index.ts";

const [WIDTH, HEIGHT] = [96, 26];

/** Four digits. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}

/** How the elements of a tensor lie between its ends. */
function histogram({ histogram: counts, min, max }: TensorStatistics, say: Say): SVGSVGElement {
  const most = Math.max(1, ...counts);
  const width = WIDTH / counts.length;
  const bars = counts.map((count, i) => {
    const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
    return svg("rect", { x: Math.round(i * width * 10) / 10, y: Math.round((HEIGHT - height) * 10) / 10, width: Math.round((width - 0.6) * 10) / 10, height: Math.round(height * 10) / 10 });
  });
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, class: "nabla-network-histogram", role: "img", "aria-label": say("network.histogram", { min: short(min), max: short(max) }) }, ...bars);
}

function statisticsRow(name: string, kind: string, statistics: TensorStatistics, gradient: string | undefined, say: Say): HTMLTableRowElement {
  const row = html("tr");
  row.dataset["tensor"] = name;
  const shape = `[${statistics.shape.join(", ")}]`;
  const picture = html("td");
  picture.append(histogram(statistics, say));
  const head = html("th", "", name);
  head.scope = "row";
  if (kind !== "") head.append(html("small", "", ` ${kind}`));
  const zeros = statistics.notFinite > 0 ? say("network.notFinite", { count: statistics.notFinite }) : `${Math.round(statistics.zeros * 1000) / 10} %`;
  row.append(head, ...[shape, short(statistics.mean), short(statistics.std), short(statistics.min), short(statistics.max), zeros].map((text) => html("td", "", text)), picture);
  if (gradient !== undefined) row.append(html("td", "", gradient));
  if (statistics.sampled !== undefined) row.title = say("network.sampled", { count: statistics.sampled.toLocaleString() });
  return row;
}

/** The details of a layer. */
export function layerDetails(layer: NetworkLayer, say: Say): HTMLElement {
  const panel = html("section", "nabla-network-details");
  panel.setAttribute("aria-label", say("network.details", { name: layer.path === "" ? layer.label : layer.path }));
  panel.append(html("h4", "", layer.path === "" ? layer.label : `${layer.path}: ${layer.label}`));
  if (layer.tensors.length === 0 && layer.output === undefined) {
    panel.append(html("p", "nabla-note", say(layer.inner ? "network.onlyParts" : "network.noParameters")));
    return panel;
  }
  const table = html("table");
  const head = html("tr");
  const withGradients = layer.tensors.some(({ gradient }) => gradient !== undefined);
  const columns = ["network.tensor", "network.shape", "network.mean", "network.std", "network.min", "network.max", "network.zeros", "network.distribution"] as const;
  for (const key of withGradients ? [...columns, "network.gradientStd" as const] : columns) {
    const cell = html("th", "", say(key));
    cell.scope = "col";
    head.append(cell);
  }
  const body = html("tbody");
  const gradientOf = ({ gradient }: NetworkTensor): string | undefined => (gradient === undefined ? (withGradients ? "" : undefined) : short(gradient.std));
  for (const tensor of layer.tensors) body.append(statisticsRow(tensor.name, tensor.kind === "parameter" ? "" : say(`network.${tensor.kind}`), tensor, gradientOf(tensor), say));
  if (layer.output !== undefined) body.append(statisticsRow(say("network.output"), "", layer.output, withGradients ? "" : undefined, say));
  table.append(html("thead", "", head), body);
  panel.append(table);
  return panel;
}
