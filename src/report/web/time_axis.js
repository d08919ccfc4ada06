import * as Plot from "@observablehq/plot";

/** Years below a chart, each in the middle of what is shown of it, as many as the width has room for. `times` are ends of periods. */
export function timeAxis(times, width, grid = true) {
  const first = Math.floor(times[0]), last = Math.ceil(times.at(-1)) - 1;
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, width / 52)));
  const years = [];
  for (let year = first; year <= last; year += every) years.push(year);
  const middles = years.map((year) => (Math.max(times[0], year) + Math.min(times.at(-1), year + 1)) / 2);
  return [
    ...(grid ? [Plot.gridX(years.filter((year) => year >= times[0]), { strokeOpacity: 0.12 })] : []),
    Plot.axisX(middles, { tickFormat: (time) => String(Math.ceil(time) - 1), tickSize: 0, label: null }),
  ];
}
