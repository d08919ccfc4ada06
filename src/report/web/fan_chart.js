import * as Plot from "@observablehq/plot";
import { data, unit } from "./data.js";
import { crosshair } from "./crosshair.js";
import { element } from "./element.js";
import { fitted } from "./fitted.js";
import { timeAxis } from "./time_axis.js";

const LABEL_HEIGHT = 13, LABEL_WIDTH = 100;

// Names beside the last points, moved apart where they would overlap.
function endLabels(providers, rows, [bottom, top], height) {
  const perPixel = (top - bottom) / height;
  const labels = providers
    .map((provider) => ({ provider, row: rows.get(provider).findLast((r) => r.value !== null) }))
    .filter(({ row }) => row)
    .map(({ provider, row }) => ({ text: provider.shown, time: row.time, y: row.value }))
    .sort((a, b) => a.y - b.y);
  for (let i = 1; i < labels.length; ++i)
    labels[i].y = Math.max(labels[i].y, labels[i - 1].y + LABEL_HEIGHT * perPixel);
  const over = labels.length > 0 && labels.at(-1).y > top;
  for (let i = labels.length - 1, limit = top; over && i >= 0; --i) {
    labels[i].y = Math.min(labels[i].y, limit);
    limit = labels[i].y - LABEL_HEIGHT * perPixel;
  }
  return labels;
}

// From 0, or around it, with room above; `most`: at least so far.
function domainOf(values, most) {
  const low = Math.min(0, ...values), high = Math.max(most ?? 0, ...values), room = (high - low) * 0.05;
  return high > low ? [low < 0 ? low - room : 0, high + room] : [0, 1];
}

/**
 * Courses: means, and bands of half and of nine tenths of the histories. `of(provider)` is {value: [by moment], q05: ..};
 * `most`: the axis goes at least so far, for charts beside each other.
 */
export function fanChart(box, { of: courseOf, unitName, providers, visible, most }) {
  const { scale, digits, suffix } = unit(unitName), times = data.times;
  if (times.length < 2) {
    box.replaceChildren(element("p", { className: "note", textContent: "One period: the table says all." }));
    return;
  }
  const shown = providers.filter((provider) => visible.has(provider));
  const scaled = (column, i) => (column?.[i] == null ? null : column[i] * scale);
  const rows = new Map(providers.map((provider) => {
    const of = courseOf(provider);
    return [provider, times.map((time, i) => ({
      time,
      value: scaled(of.value, i),
      q05: scaled(of.q05, i),
      q25: scaled(of.q25, i),
      q75: scaled(of.q75, i),
      q95: scaled(of.q95, i),
    }))];
  }));
  const width = box.clientWidth, height = Math.min(360, Math.max(240, width * 0.6)), wide = width > 420;
  const margins = { marginTop: 20, marginBottom: 26, marginLeft: 42, marginRight: wide ? 112 : 14 };
  const domain = domainOf(shown.flatMap((p) => rows.get(p).flatMap((r) => [r.value ?? 0, r.q05 ?? 0, r.q95 ?? 0])),
    most && most * scale);
  const marks = shown.flatMap((provider) => {
    const of = rows.get(provider), fill = provider.colour, x = "time";
    return [
      Plot.areaY(of.filter((r) => r.q05 !== null), { x, y1: "q05", y2: "q95", fill, fillOpacity: 0.13 }),
      Plot.areaY(of.filter((r) => r.q25 !== null), { x, y1: "q25", y2: "q75", fill, fillOpacity: 0.25 }),
    ];
  });
  const lines = shown.map((provider) => Plot.lineY(rows.get(provider), {
    x: "time",
    y: (r) => r.value ?? NaN,
    stroke: provider.colour,
    strokeWidth: 2,
    strokeLinecap: provider.stroke ? undefined : "round", // a single moment is a dot
    strokeDasharray: provider.stroke || undefined,
  }));
  const inner = height - margins.marginTop - margins.marginBottom;
  const plot = Plot.plot({
    width, height, ...margins,
    x: { domain: [times[0], times.at(-1)] },
    y: { domain, label: unitName, ticks: 5 },
    marks: [
      Plot.gridY({ ticks: 5, strokeOpacity: 0.12 }),
      ...timeAxis(times, width),
      Plot.ruleY([0], { strokeOpacity: 0.4 }),
      ...marks,
      ...lines,
      ...(wide ? [Plot.text(endLabels(shown, rows, domain, inner),
        { x: "time", y: "y", text: ({ text }) => fitted(text, LABEL_WIDTH), textAnchor: "start", dx: 6 })] : []),
    ],
  });
  box.replaceChildren(plot);
  crosshair(box, plot, times, (i) => ({
    title: data.moments[i],
    rows: shown
      .map((provider) => ({ provider, at: rows.get(provider)[i] }))
      .filter(({ at }) => at.value !== null)
      .sort((a, b) => b.at.value - a.at.value)
      .map(({ provider, at }) => ({
        colour: provider.colour,
        name: provider.shown,
        text: at.value.toFixed(digits) + suffix +
          (at.q05 === null ? "" : ` (${at.q05.toFixed(digits)}..${at.q95.toFixed(digits)})`),
      })),
  }));
}
