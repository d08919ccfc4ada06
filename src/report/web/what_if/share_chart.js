import { element, svgElement } from "../element.js";

const WIDTH = 400, HEIGHT = 220, LEFT = 40, RIGHT = 10, TOP = 10, BOTTOM = 24;
const MOST_ROWS = 12; // of many providers

// A round number of percent not below `share`, that the axis can be cut by.
const roundUp = (share) => Math.min(1, Math.ceil(share * 20 - 1e-9) / 20 || 0.05);

/** Shares of all providers over time by one ranking of `market`, thin and dashed as the scenario has them; drawn anew by `draw`. */
export class ShareChart {
  constructor(ranking, market, { providers, layers }) {
    this.ranking = ranking;
    this.count = market.providers.length;
    this.moments = market.periods.length;
    this.shipped = ranking.shares.slice();
    this.shippedLast = ranking.last.slice();
    const shown = market.providers.map(({ key, name }) => providers.find((p) => p.name === key) ?? { shown: name, colour: "currentColor" });

    const line = (provider, attributes) => svgElement("path", { fill: "none", stroke: provider.colour, "stroke-linejoin": "round", ...attributes });
    this.before = shown.map((provider) => line(provider, { "stroke-width": 1, "stroke-dasharray": "2 3", "stroke-opacity": 0.8 }));
    this.lines = shown.map((provider) => line(provider, { "stroke-width": 2.2, "stroke-dasharray": provider.stroke || "none" }));
    this.grid = svgElement("g", { stroke: "currentColor", "stroke-opacity": 0.14 });
    this.scale = svgElement("g", { "text-anchor": "end" });
    const named = layers.length > 1 && ranking.layer !== "all" ? `, ${ranking.layer}` : "";
    const title = ranking.measure === "revenue_share" ? "Revenue, all layers" : `Tokens${named}`;
    this.svg = svgElement("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title}: share of each provider over time, the table below has the end` },
      this.grid, this.scale, this.years(market.periods), ...this.before, ...this.lines);

    this.cells = shown.map(() => [element("td"), element("td")]);
    const rows = shown.map((provider, j) => element("tr", {},
      element("th", { scope: "row" }, this.sample(provider), provider.shown), ...this.cells[j]));
    this.rows = rows;
    this.body = element("tbody");
    this.figure = element("figure", {},
      element("figcaption", { textContent: title }),
      element("div", { className: "chart" }, this.svg),
      element("table", {}, element("thead", {}, element("tr", {},
        element("th"), element("th", { textContent: `${market.last}, %` }), element("th", { textContent: "change, points" }))), this.body));
    this.top = null;
  }

  sample(provider) {
    return element("i", { className: "sample" }, svgElement("svg", { width: 18, height: 10, "aria-hidden": "true" }, svgElement("line", {
      x1: 0, x2: 18, y1: 5, y2: 5, stroke: provider.colour, "stroke-width": 4, "stroke-dasharray": provider.stroke || "none" })));
  }

  x(moment) { return LEFT + ((WIDTH - LEFT - RIGHT) * moment) / Math.max(1, this.moments - 1); }
  y(share) { return HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * share) / this.top; }

  // Years below the axis, each in the middle of its periods; moment m ends period m.
  years(periods) {
    const spans = new Map();
    periods.slice(1).forEach((label, i) => {
      const span = spans.get(label.slice(0, 4)) ?? { from: i, to: i };
      spans.set(label.slice(0, 4), { ...span, to: i + 1 });
    });
    const every = Math.ceil(spans.size / 8);
    return svgElement("g", { "text-anchor": "middle" }, ...[...spans].filter((_, i) => i % every === 0).map(([year, { from, to }]) =>
      svgElement("text", { x: (this.x(from) + this.x(to)) / 2, y: HEIGHT - 6 }, year)));
  }

  // The axis reaches over the largest share, and is drawn again only when that takes another height.
  setTop() {
    const largest = (shares) => shares.reduce((most, share) => (share > most ? share : most), 0);
    const top = roundUp(1.04 * Math.max(largest(this.shipped), largest(this.ranking.shares)));
    if (top === this.top) return;
    this.top = top;
    const step = top > 0.6 ? 0.2 : top > 0.2 ? 0.1 : 0.05;
    const ticks = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => i * step);
    this.grid.replaceChildren(...ticks.map((tick) => svgElement("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: this.y(tick), y2: this.y(tick) })));
    this.scale.replaceChildren(...ticks.map((tick, i) => svgElement("text", { x: LEFT - 6, y: this.y(tick) + 4 },
      `${Math.round(100 * tick)}${i === ticks.length - 1 ? " %" : ""}`)));
    this.before.forEach((path, j) => path.setAttribute("d", this.course(this.shipped, j)));
  }

  course(shares, j) {
    let d = "", pen = "M";
    for (let m = 0; m < this.moments; ++m) {
      const share = shares[m * this.count + j];
      if (Number.isNaN(share)) pen = "M";
      else {
        d += `${pen}${this.x(m).toFixed(1)} ${this.y(share).toFixed(2)}`;
        pen = "L";
      }
    }
    return d;
  }

  draw() {
    this.setTop();
    this.lines.forEach((path, j) => path.setAttribute("d", this.course(this.ranking.shares, j)));
    const { last } = this.ranking;
    this.cells.forEach(([now, change], j) => {
      const points = 100 * (last[j] - this.shippedLast[j]);
      now.textContent = Number.isNaN(last[j]) ? "" : (100 * last[j]).toFixed(1);
      change.textContent = Number.isNaN(points) || Math.abs(points) < 0.005 ? "" : `${points > 0 ? "+" : "−"}${Math.abs(points).toFixed(2)}`;
    });
    const order = this.rows.map((_, j) => j).filter((j) => !Number.isNaN(last[j])).sort((a, b) => last[b] - last[a]).slice(0, MOST_ROWS);
    if (order.some((j, i) => this.body.children[i] !== this.rows[j])) this.body.replaceChildren(...order.map((j) => this.rows[j]));
  }
}
