import { element, svgElement } from "./element.js";

function sample(provider) {
  const attributes = { x1: 1, x2: 21, y1: 6, y2: 6, stroke: provider.colour, "stroke-width": 4 };
  if (provider.stroke) attributes["stroke-dasharray"] = provider.stroke;
  return svgElement("svg", { width: 22, height: 12, "aria-hidden": "true" }, svgElement("line", attributes));
}

/** Buttons that show and hide providers; `visible` is the set that they change, before `changed` is called. */
export function legend(providers, visible, changed) {
  const box = element("div", { className: "legend" });
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Providers shown");
  for (const provider of providers) {
    const button = element("button", { type: "button", title: provider.shown }, sample(provider), element("span", { textContent: provider.shown }));
    button.setAttribute("aria-pressed", String(visible.has(provider)));
    button.addEventListener("click", () => {
      if (!visible.delete(provider)) visible.add(provider);
      button.setAttribute("aria-pressed", String(visible.has(provider)));
      changed();
    });
    box.append(button);
  }
  return box;
}

/** What the colours of parts, [{shown, colour}], mean. */
export function colourKey(parts) {
  return element("div", { className: "key" }, ...parts.map((part) => {
    const mark = element("i");
    mark.style.background = part.colour;
    return element("span", {}, mark, part.shown);
  }));
}

/** A labelled choice among texts. */
export function choice(label, options, changed) {
  const select = element("select");
  options.forEach((text, i) => select.append(element("option", { value: i, textContent: text })));
  select.addEventListener("change", () => changed(select.selectedIndex));
  return element("label", { className: "choice" }, `${label} `, select);
}
