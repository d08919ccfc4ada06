import * as Plot from "@observablehq/plot";

/** Whole years below a chart, as many as its width has room for. A period stands at its end, so 2026 is the end of 2025. */
export function timeAxis(times, width) {
  const first = Math.ceil(times[0]), last = Math.floor(times.at(-1));
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, width / 60)));
  const ticks = [];
  for (let year = first; year <= last; year += every) ticks.push(year);
  return Plot.axisX(ticks, { tickFormat: (year) => String(year), label: null });
}
