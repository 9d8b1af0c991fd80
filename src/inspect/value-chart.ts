/** A chart that keeps the numbers it shows, so that what is seen can be checked and computed with. */
import { Chart } from "../plot/chart.ts";

/** A chart with what it was drawn from. */
export class ValueChart<Values> extends Chart {
  /** The numbers behind the picture. */
  readonly values: Values;

  constructor(chart: Chart, values: Values) {
    super(chart.spec, chart.text, () => chart.table.rows);
    this.values = values;
  }
}
