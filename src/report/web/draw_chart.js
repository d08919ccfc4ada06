import * as Plot from "@observablehq/plot";
import { data } from "./data.js";

/** A histogram of what was drawn, for each uncertain number. */
export function drawChart(box) {
  const width = Math.min(box.clientWidth, 340);
  box.classList.add("several");
  box.replaceChildren(...Object.entries(data.draws).map(([key, numbers]) => Plot.plot({
    width, height: 170, marginLeft: 36, marginBottom: 44, marginRight: 18,
    x: { label: key, labelAnchor: "center", labelArrow: "none", ticks: 4 },
    y: { label: "replications", ticks: 3 },
    marks: [
      Plot.rectY(numbers, Plot.binX({ y: "count" }, { x: (number) => number, thresholds: 20, fill: "var(--accent)" })),
      Plot.ruleY([0], { strokeOpacity: 0.4 }),
    ],
  })));
}
