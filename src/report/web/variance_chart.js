import * as Plot from "@observablehq/plot";
import { data } from "./data.js";
import { fitted } from "./fitted.js";
import { walk } from "./walk.js";

const WHISKERS = [-7, 0, 7]; // pixels from the middle of a bar: one below the other, for each part

/** Parts of the variance of each provider's share, in percent, with their standard errors. `label`: place of the period or year. */
export function varianceChart(box, { layer, measure, label }) {
  const at = data.variance[`${layer}|${measure}`][label];
  const shown = data.providers.map((provider, j) => ({ provider, of: at[j] })).filter(({ of }) => of);
  const rows = shown.flatMap(({ provider, of }) => {
    const ends = [0, 0]; // of the parts above and below 0
    return of.variance > 0 ? data.variance_parts.map((part, k) => {
      const value = (100 * of.parts[k]) / of.variance, error = (100 * of.errors[k]) / of.variance;
      const end = (ends[value < 0 ? 1 : 0] += value);
      return { provider, part, k, value, error, end };
    }) : [];
  });
  const text = ({ provider, part, value, error }) => `${provider.shown}, ${part.shown}: ${value.toFixed(1)} +- ${error.toFixed(1)} %`;
  const names = new Map(shown.map(({ provider }) => [provider.name, provider.shown]));
  const width = box.clientWidth, left = Math.min(150, width * 0.3);
  const most = Math.max(100, ...rows.map(({ end, error }) => end + error));
  box.replaceChildren(Plot.plot({
    width, height: 72 + 34 * shown.length, marginBottom: 42, marginLeft: left, marginRight: 62,
    x: { label: "% of the variance", labelOffset: 36, grid: true, ticks: Math.max(2, width / 110) },
    y: { label: null, domain: [...names.keys()], tickFormat: (name) => fitted(names.get(name), left - 16), padding: 0.2 },
    marks: [
      Plot.barX(rows, { x: "value", y: (row) => row.provider.name, fill: (row) => row.part.colour, z: "k", title: text, tip: true }),
      ...WHISKERS.map((dy, k) => Plot.ruleY(rows.filter((row) => row.k === k), {
        x1: (row) => row.end - row.error, x2: (row) => row.end + row.error, y: (row) => row.provider.name, dy, strokeWidth: 1.5 })),
      Plot.ruleX([0]),
      Plot.text(shown, { x: most, y: ({ provider }) => provider.name, textAnchor: "start", dx: 6,
        text: ({ of }) => `sd ${(100 * Math.sqrt(Math.max(0, of.variance))).toFixed(2)}` }),
    ],
  }));
  walk(box, rows.map(text));
}
