import * as Plot from "@observablehq/plot";
import { data } from "./data.js";
import { fitted } from "./fitted.js";
import { walk } from "./walk.js";

/** The parts that a measure has: [{name, shown, colour, k: its place}]. */
export const growthParts = (measure) => data.growth_parts
  .map((part, k) => ({ ...part, k }))
  .filter(({ name }) => name !== "price" || measure === "tokens");

/** Parts of growth, a bar a provider, losses to the left; a line where they add up to. `year` null: all years. */
export function growthChart(box, { layer, measure, unitName, year }) {
  const years = Object.entries(data.growth[`${layer}|${measure}`]).filter(([name]) => year === null || name === year);
  const value = (j, k) => years.reduce((sum, [, of]) => sum + of[j][k], 0);
  const shown = growthParts(measure), number = (x) => x.toLocaleString("en", { maximumSignificantDigits: 3 });
  const sellers = data.providers.map((provider, j) => [provider, j]).filter(([, j]) => years[0]?.[1][j]);
  const rows = sellers.flatMap(([provider, j]) => shown.map((part) => ({
    provider, part: part.shown, colour: part.colour, value: value(j, part.k),
  })));
  const text = (row) => `${row.provider.shown}, ${row.part}: ${number(row.value)} ${unitName}`;
  const names = new Map(sellers.map(([{ name, shown: words }]) => [name, words]));
  const sums = sellers.map(([provider, j]) => ({
    provider, sum: shown.reduce((sum, part) => sum + value(j, part.k), 0),
  }));
  const width = box.clientWidth, left = Math.min(150, width * 0.3);
  box.replaceChildren(Plot.plot({
    width, height: 72 + 30 * sellers.length, marginBottom: 42, marginLeft: left, marginRight: 16,
    x: { label: unitName, labelOffset: 36, grid: true, ticks: Math.max(2, width / 110) },
    y: { label: null, domain: [...names.keys()], tickFormat: (name) => fitted(names.get(name), left - 16), padding: 0.25 },
    marks: [
      Plot.barX(rows, { x: "value", y: (row) => row.provider.name, fill: "colour", z: "part", stroke: "var(--page)", strokeWidth: 0.5,
        title: text, tip: true }),
      Plot.ruleX([0]),
      Plot.tickX(sums, { x: "sum", y: (row) => row.provider.name, strokeWidth: 2.5, insetTop: -2, insetBottom: -2 }),
    ],
  }));
  walk(box, rows.filter((row) => row.value !== 0).map(text));
}
