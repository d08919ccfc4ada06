import * as Plot from "@observablehq/plot";
import { crosshair } from "./crosshair.js";
import { data } from "./data.js";
import { element } from "./element.js";
import { timeAxis } from "./time_axis.js";

/** Probability that each provider has a rank (0: the first), period by period, one upon the other. */
export function rankChart(box, { layer, measure, rank, providers, visible }) {
  const ranks = data.ranks[`${layer}|${measure}`];
  const shown = providers.filter((provider) => visible.has(provider));
  const probability = (provider, i) => ranks[i][data.providers.indexOf(provider)][rank] ?? 0;
  const moments = data.times.map((_, i) => i).filter((i) => ranks[i].some((of) => of.length > 0));
  const times = moments.map((i) => data.times[i]);
  if (times.length < 2) {
    box.replaceChildren(element("p", { className: "note", textContent: "One period: the table says all." }));
    return;
  }
  const rows = shown.flatMap((provider) => moments.map((i) => ({
    time: data.times[i],
    provider: provider.name,
    colour: provider.colour,
    probability: probability(provider, i),
  })));
  const width = box.clientWidth, height = Math.min(300, Math.max(220, width * 0.5));
  const plot = Plot.plot({
    width, height, marginTop: 20, marginBottom: 26, marginLeft: 42, marginRight: 14,
    x: { domain: [times[0], times.at(-1)] },
    y: { domain: [0, 1], label: "probability", ticks: 5 },
    marks: [
      Plot.areaY(rows, Plot.stackY({ x: "time", y: "probability", z: "provider", fill: "colour", fillOpacity: 0.85,
        stroke: "var(--page)", strokeWidth: 0.7 })),
      ...timeAxis(times, width, false),
      Plot.ruleY([0], { strokeOpacity: 0.4 }),
    ],
  });
  box.replaceChildren(plot);
  crosshair(box, plot, times, (k) => ({
    title: data.moments[moments[k]],
    rows: shown
      .map((provider) => ({ colour: provider.colour, name: provider.shown, p: probability(provider, moments[k]) }))
      .filter(({ p }) => p > 0)
      .sort((a, b) => b.p - a.p)
      .map(({ colour, name, p }) => ({ colour, name, text: p.toFixed(3) })),
  }));
}
