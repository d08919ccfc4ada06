import { course, data } from "./data.js";
import { element } from "./element.js";

const COLUMNS = ["value", "se", "sd", "q05", "q25", "q50", "q75", "q95"];

function csv(head, rows) {
  const field = (x) => (/[",\r\n]/.test(x ?? "") ? `"${String(x).replaceAll('"', '""')}"` : String(x ?? ""));
  return [head, ...rows].map((row) => row.map(field).join(",")).join("\n") + "\n";
}

function courses(layer, measure) {
  const rows = [];
  data.moments.forEach((moment, i) => data.providers.forEach((provider) => {
    const of = course(layer, measure, provider);
    if (of?.value[i] != null)
      rows.push([moment, layer, "all", provider.name, measure, ...COLUMNS.map((column) => of[column]?.[i])]);
  }));
  return csv(["period", "layer", "segment", "provider", "measure", ...COLUMNS], rows);
}

function ranks(layer, measure) {
  const rows = [];
  data.ranks[`${layer}|${measure}`].forEach((providers, i) => providers.forEach((of, j) => of.forEach((p, rank) =>
    rows.push([data.moments[i], layer, measure, data.providers[j].name, rank + 1, p]))));
  return csv(["period", "layer", "measure", "provider", "rank", "probability"], rows);
}

function flows(layer) {
  const rows = [];
  for (const [year, matrix] of Object.entries(data.flows[layer]))
    matrix.forEach((row, from) => row.forEach((moved, to) => {
      if (moved > 0) rows.push([year, layer, data.providers[from].name, data.providers[to].name, moved]);
    }));
  return csv(["year", "layer", "from", "to", "value"], rows);
}

function growth(layer, measure) {
  const rows = [];
  for (const [year, providers] of Object.entries(data.growth[`${layer}|${measure}`]))
    providers.forEach((of, j) => data.growth_parts.forEach(({ name }, k) => {
      if (of && (name !== "price" || measure === "tokens"))
        rows.push([year, layer, data.providers[j].name, measure, name, of[k]]);
    }));
  return csv(["period", "layer", "provider", "measure", "part", "value"], rows);
}

function draws() {
  const keys = Object.keys(data.draws);
  return csv(keys, data.draws[keys[0]].map((_, r) => keys.map((key) => data.draws[key][r])));
}

function compared(layer, measure, { kind, scenario }) {
  const columns = kind === "levels" ? ["value"] : ["difference", ...COLUMNS.slice(1)], rows = [];
  data.moments.forEach((moment, i) => data.providers.forEach((provider) => {
    const of = data[kind][scenario][`${layer}|all|${provider.name}|${measure}`];
    if (of?.value[i] != null)
      rows.push([data.scenarios[scenario], moment, layer, "all", provider.name, measure,
        ...columns.map((_, k) => of[COLUMNS[k]]?.[i])]);
  }));
  return csv(["scenario", "period", "layer", "segment", "provider", "measure", ...columns], rows);
}

function variance(layer, measure) {
  const parts = data.variance_parts.flatMap(({ name }) => [name, `${name}_se`]), rows = [];
  data.variance[`${layer}|${measure}`].forEach((providers, i) => providers.forEach((of, j) => {
    if (of) rows.push([data.labels[i], layer, "all", data.providers[j].name, measure, of.variance, ...of.parts.flatMap((part, k) => [part, of.errors[k]])]);
  }));
  return csv(["period", "layer", "segment", "provider", "measure", "variance", ...parts], rows);
}

const WRITERS = { shares: courses, lock_in: courses, ranks, flows, growth, draws, levels: compared, difference: compared, variance };

/** A button that saves what a figure shows, in the form of the results' files, digit for digit. */
export function downloadButton(figure) {
  const { kind, layer, measure } = figure.dataset;
  const button = element("button", { type: "button", className: "download", textContent: "CSV" });
  button.setAttribute("aria-label", `Download ${figure.querySelector("figcaption").textContent} as CSV`);
  button.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([WRITERS[kind](layer, measure, figure.dataset)], { type: "text/csv" }));
    element("a", { href: url, download: `${figure.id}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
  return button;
}
