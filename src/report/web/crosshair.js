import { element, svgElement } from "./element.js";

/**
 * A line at the moment under the pointer, or at that chosen with the arrow keys, and what the chart says there.
 * `plot` is a figure of Observable Plot; `describe(i)` gives {title, rows: [{colour, name, text}]} of moment i.
 */
export function crosshair(box, plot, times, describe) {
  const x = plot.scale("x"), y = plot.scale("y");
  const [bottom, top] = y.range;
  const line = svgElement("line", { y1: top, y2: bottom, stroke: "currentColor", "stroke-opacity": 0.5, visibility: "hidden" });
  const svg = plot.tagName === "svg" ? plot : plot.querySelector("svg");
  svg.append(line);
  const tip = element("div", { className: "tip", hidden: true });
  tip.setAttribute("aria-live", "polite");
  let at = times.length - 1;

  const hide = () => {
    tip.hidden = true;
    line.setAttribute("visibility", "hidden");
  };
  const show = (i) => {
    at = i;
    const px = x.apply(times[i]), scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    line.setAttribute("x1", px);
    line.setAttribute("x2", px);
    line.setAttribute("visibility", "visible");
    const { title, rows } = describe(i);
    tip.replaceChildren(
      element("strong", { textContent: title }),
      ...rows.map((row) => {
        const mark = element("i");
        mark.style.background = row.colour;
        return element("div", {}, mark, element("span", { textContent: row.name }), element("b", { textContent: row.text }));
      }));
    tip.hidden = false;
    const left = px * scale, width = tip.offsetWidth;
    tip.style.left = `${Math.max(0, left + width + 12 > box.clientWidth ? left - width - 8 : left + 8)}px`;
  };

  svg.addEventListener("pointermove", (event) => {
    const frame = svg.getBoundingClientRect();
    const time = x.invert(((event.clientX - frame.left) / frame.width) * svg.viewBox.baseVal.width);
    let nearest = 0;
    times.forEach((t, i) => {
      if (Math.abs(t - time) < Math.abs(times[nearest] - time)) nearest = i;
    });
    show(nearest);
  });
  svg.addEventListener("pointerleave", hide);
  box.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) show(tip.hidden ? at : Math.min(times.length - 1, Math.max(0, at + step)));
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
  };
  box.onblur = hide;
  box.append(tip);
}
