import { element } from "./element.js";

/**
 * Arrow keys go through the parts of a chart and say each; Escape ends it. `texts`: what the parts are; `mark(i)` shows part i in the
 * chart, none for -1. Gives the box that says it, for the pointer too.
 */
export function walk(box, texts, mark = () => {}) {
  const tip = element("div", { className: "tip", hidden: true });
  tip.setAttribute("aria-live", "polite");
  let at = -1;
  const hide = () => {
    at = -1;
    tip.hidden = true;
    mark(at);
  };
  box.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") hide();
    else if (!step || !texts.length) return;
    else {
      at = at < 0 ? (step > 0 ? 0 : texts.length - 1) : Math.min(texts.length - 1, Math.max(0, at + step));
      tip.textContent = texts[at];
      tip.hidden = false;
      tip.style.left = tip.style.top = "0px";
      mark(at);
    }
    event.preventDefault();
  };
  box.onblur = hide;
  box.append(tip);
  return tip;
}
