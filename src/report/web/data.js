// What the library wrote into the page:
//   record                     run.json without the scenario's text
//   scenario                   the resolved scenario (TOML)
//   providers                  [{name, shown, colour, stroke}], in the scenario's order
//   layers                     [{name, tokens}]
//   moments, times             labels (`opening`, then periods), and the years at which they end
//   series                     {"layer|segment|provider|measure": {value: [by moment], q05: ..}}
//   ranks                      {"layer|measure": [moment][provider][rank]}, [] where a provider has none
//   flows                      {layer: {year: [from][to]}}
//   growth                     {"layer|measure": {year: [provider][part]}}, null for a provider that does not sell there
//   growth_parts               [{name, shown, colour}]
//   draws                      {key: [by replication]}
// or, of a comparison: providers, moments, times as above, and
//   scenarios                  names, the first one first
//   levels, difference         [scenario]{"layer|all|provider|measure": {value: [by moment], q05: ..}}, differences to the first
// or, of a variance split: providers as above, and
//   labels                     periods, then whole years
//   variance                   {"layer|measure": [label][provider]{variance, parts, errors}}, null where a history has no value
//   variance_parts             [{name, shown, colour}]
export const data = JSON.parse(document.getElementById("data").textContent);

/** The course of a measure of one provider, or undefined. */
export function course(layer, measure, provider) {
  return data.series[`${layer}|all|${provider.name}|${measure}`];
}

/** Providers that have a course, those with the largest last value first. */
export function sellers(courseOf) {
  const last = (provider) => courseOf(provider).value.at(-1) ?? -1;
  return data.providers.filter(courseOf).sort((a, b) => last(b) - last(a));
}

/** How a unit is written: scale, digits, suffix. */
export function unit(name) {
  if (name === "%") return { scale: 100, digits: 1, suffix: " %" };
  if (name === "points") return { scale: 100, digits: 2, suffix: "" };
  return { scale: 1, digits: 2, suffix: ` ${name}` };
}
