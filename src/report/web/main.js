/*! With Observable Plot (c) Observable, Inc. and D3 (c) Mike Bostock, both under the ISC licence. */
import { course, data, sellers } from "./data.js";
import { downloadButton } from "./download.js";
import { drawChart } from "./draw_chart.js";
import { element } from "./element.js";
import { fanChart } from "./fan_chart.js";
import { flowChart } from "./flow_chart.js";
import { growthChart, growthParts } from "./growth_chart.js";
import { choice, colourKey, legend } from "./legend.js";
import { rankChart } from "./rank_chart.js";
import { themeButton } from "./theme.js";
import { varianceChart } from "./variance_chart.js";
import { mount_what_if } from "./what_if.js";

const MOST_SHOWN = 8; // of many providers, at first
const LEAST_WIDTH = 160; // pixels; less is a page on its way to the printer

// What a figure of each kind needs beside its box: {draw(box), tools}; `redraw` is for the tools.
const KINDS = {
  shares: courses,
  lock_in: courses,
  levels: compared,
  difference: compared,
  ranks({ layer, measure }, redraw) {
    const providers = sellers((provider) => course(layer, measure, provider)), visible = new Set(providers);
    let rank = 0;
    const ranks = choice("Rank", providers.map((_, i) => String(i + 1)), (i) => {
      rank = i;
      redraw();
    });
    return { draw: (box) => rankChart(box, { layer, measure, rank, providers, visible }),
      tools: [ranks, legend(providers, visible, redraw)] };
  },
  flows({ layer }, redraw) {
    const years = Object.keys(data.flows[layer]), matrices = Object.values(data.flows[layer]);
    const moves = (j) => matrices.some((moved) => moved[j].some((x) => x > 0) || moved.some((row) => row[j] > 0));
    const providers = data.providers.filter((_, j) => moves(j)), visible = new Set(providers);
    let year = null;
    const of = choice("Year", ["all", ...years], (i) => {
      year = i ? years[i - 1] : null;
      redraw();
    });
    return { draw: (box) => flowChart(box, { layer, year, visible }), tools: [of, legend(providers, visible, redraw)] };
  },
  growth({ layer, measure, unit }, redraw) {
    const years = Object.keys(data.growth[`${layer}|${measure}`]);
    let year = null;
    const of = choice("Year", ["all", ...years], (i) => {
      year = i ? years[i - 1] : null;
      redraw();
    });
    return { draw: (box) => growthChart(box, { layer, measure, unitName: unit, year }), tools: [of, colourKey(growthParts(measure))] };
  },
  variance({ layer, measure }, redraw) {
    const last = data.labels.length - 1;
    let label = last;
    const of = choice("When", [...data.labels].reverse(), (i) => {
      label = last - i;
      redraw();
    });
    return { draw: (box) => varianceChart(box, { layer, measure, label }), tools: [of, colourKey(data.variance_parts)] };
  },
  draws() {
    return { draw: drawChart, tools: [] };
  },
};

function courses({ layer, measure, unit }, redraw) {
  const of = (provider) => course(layer, measure, provider);
  const providers = sellers(of), visible = new Set(providers.slice(0, MOST_SHOWN));
  return { draw: (box) => fanChart(box, { of, unitName: unit, providers, visible }),
    tools: [legend(providers, visible, redraw)] };
}

// Of a comparison: what a scenario says, or what it says more than the first. Levels beside each other have one axis.
function compared({ kind, scenario, layer, measure, unit }, redraw) {
  const key = (provider) => `${layer}|all|${provider.name}|${measure}`;
  const of = (provider) => data[kind][scenario][key(provider)];
  const order = sellers((provider) => data.levels[0][key(provider)] ?? of(provider)).filter(of);
  const visible = new Set(order.slice(0, MOST_SHOWN));
  const most = kind === "levels" ? Math.max(...data.levels.flatMap((levels) => order.flatMap((p) => levels[key(p)]?.value ?? []))) : 0;
  return { draw: (box) => fanChart(box, { of, unitName: unit, providers: order, visible, most }),
    tools: [legend(order, visible, redraw)] };
}

function mount(figure) {
  const box = figure.querySelector(".chart");
  const { draw, tools } = KINDS[figure.dataset.kind](figure.dataset, () => draw(box));
  box.before(element("div", { className: "tools" }, ...tools));
  box.tabIndex = 0;
  box.setAttribute("aria-label", `${figure.querySelector("figcaption").textContent}: chart; its table is below`);
  figure.querySelector("details")?.after(downloadButton(figure));
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth === width || box.clientWidth < LEAST_WIDTH) return;
    width = box.clientWidth;
    draw(box);
  }).observe(box);
}

document.querySelectorAll("figure[data-kind]").forEach(mount);
document.getElementById("tools").append(themeButton());
const whatIf = document.getElementById("what-if");
if (whatIf) mount_what_if(whatIf, data);
