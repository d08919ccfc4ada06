import { sankey, sankeyLinkHorizontal } from "d3-sankey";
import { data } from "./data.js";
import { element, svgElement } from "./element.js";
import { fitted } from "./fitted.js";
import { walk } from "./walk.js";

const LEAST_PART = 0.001; // of all that moved: what is thinner cannot be seen

function graph(layer, year, visible) {
  const years = Object.entries(data.flows[layer]).filter(([name]) => year === null || name === year);
  const links = [], providers = data.providers;
  providers.forEach((from, i) => providers.forEach((to, j) => {
    if (!visible.has(from) || !visible.has(to)) return;
    const value = years.reduce((sum, [, matrix]) => sum + matrix[i][j], 0);
    if (value > 0) links.push({ source: `from ${from.name}`, target: `to ${to.name}`, value, from, to });
  }));
  const all = links.reduce((sum, link) => sum + link.value, 0);
  const thick = links.filter((link) => link.value >= LEAST_PART * all);
  const names = [...new Set(thick.flatMap((link) => [link.source, link.target]))];
  const provider = (id) => providers.find(({ name }) => name === id.slice(id.indexOf(" ") + 1));
  return { links: thick, nodes: names.map((id) => ({ id, provider: provider(id), left: id.startsWith("from ") })) };
}

const count = (number) => number.toLocaleString("en", { maximumSignificantDigits: 4 });

/** Customers that moved, from the left to the right; `year` null: all years. */
export function flowChart(box, { layer, year, visible }) {
  const { nodes, links } = graph(layer, year, visible);
  const width = box.clientWidth, side = Math.min(170, width * 0.29), height = Math.max(220, 26 * nodes.length);
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
    "aria-label": "Customers that moved between providers" });
  box.replaceChildren(svg);
  if (!links.length) {
    box.append(element("p", { className: "note", textContent: "Nobody moved." }));
    return;
  }
  const order = (a, b) => data.providers.indexOf(a.provider) - data.providers.indexOf(b.provider);
  sankey().nodeId((node) => node.id).nodeWidth(10).nodePadding(9).nodeSort(order)
    .extent([[side, 6], [width - side, height - 6]])({ nodes, links });
  const path = sankeyLinkHorizontal(), bands = [];
  links.sort((a, b) => b.value - a.value);
  const texts = links.map((link) => `${link.from.shown} to ${link.to.shown}: ${count(link.value)}`);
  const tip = walk(box, texts, (at) => bands.forEach((band, i) => band.classList.toggle("on", i === at)));
  links.forEach((link, i) => {
    const band = svgElement("path", { class: "flow", d: path(link), stroke: link.from.colour,
      "stroke-width": Math.max(0.5, link.width) }, svgElement("title", {}, texts[i]));
    band.addEventListener("pointermove", (event) => {
      const frame = box.getBoundingClientRect();
      tip.textContent = texts[i];
      tip.hidden = false;
      tip.style.left = `${Math.min(event.clientX - frame.left + 10, frame.width - tip.offsetWidth)}px`;
      tip.style.top = `${event.clientY - frame.top + 10}px`;
    });
    band.addEventListener("pointerleave", () => { tip.hidden = true; });
    bands.push(band);
    svg.append(band);
  });
  for (const node of nodes) {
    svg.append(svgElement("rect", { x: node.x0, y: node.y0, width: node.x1 - node.x0, fill: node.provider.colour,
      height: Math.max(1, node.y1 - node.y0) }));
    const label = svgElement("text", { x: node.left ? node.x0 - 6 : node.x1 + 6, y: (node.y0 + node.y1) / 2, dy: "0.35em",
      "text-anchor": node.left ? "end" : "start" }, fitted(node.provider.shown, side - (width > 560 ? 62 : 8)));
    const number = svgElement("tspan", { class: "quiet" }, `  ${count(node.value)}`);
    if (width > 560) label.append(number);
    svg.append(label);
  }
}
