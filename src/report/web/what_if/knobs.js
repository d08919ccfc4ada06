import { element } from "../element.js";

const STEPS = 100; // of a slider on either side of what the scenario says

// A number with no more digits than a slider tells apart: two more than its steps have.
function rounded(number, { min, max, whole }) {
  const digits = whole ? 0 : Math.min(15, Math.max(0, 1 - Math.floor(Math.log10((max - min) / STEPS))));
  return Math.min(max, Math.max(min, Number(number.toFixed(digits))));
}

// Without the last digits of what a scenario computes, as the mean of a distribution.
const readable = (number) => Number(number.toPrecision(10));

/** Position of a number on its slider, and back. 0 is what the scenario says, whether or not it is the middle of the range. */
export function position({ value, min, max }, number) {
  const end = number < value ? min : max;
  return number === value ? 0 : Math.round(STEPS * Math.abs((number - value) / (end - value))) * Math.sign(number - value);
}
export function numberAt(knob, at) {
  const end = at < 0 ? knob.min : knob.max;
  return at === 0 ? knob.value : rounded(knob.value + (Math.abs(at) / STEPS) * (end - knob.value), knob);
}

// "Volcengine: maas, price per million tokens, growth" of `providers.volcengine.maas.price_per_million_tokens.growth`.
function inWords(key, providers) {
  const [kind, name, ...rest] = key.split(".");
  if (rest.length === 0) return key.replaceAll("_", " ").replace(".", ", ");
  const shown = kind === "providers" ? providers.find((provider) => provider.name === name)?.shown : null;
  return `${shown ?? name.replaceAll("_", " ")}: ${rest.join(", ").replaceAll("_", " ")}`;
}

/** A slider, a field and a way back for each number. `values` is the setting; `changed` is called after each move. */
export class Knobs {
  constructor(knobs, { providers }, changed) {
    this.values = knobs.map(({ value }) => value);
    this.rows = [];
    this.show = knobs.map((knob, k) => {
      const slider = element("input", {
        type: "range", min: knob.min < knob.value ? -STEPS : 0, max: knob.max > knob.value ? STEPS : 0, step: 1,
      });
      const field = element("input", { type: "text", inputMode: "decimal", className: "number" });
      const back = element("button", { type: "button", textContent: "↺", title: `Back to ${readable(knob.value)}` });
      const words = inWords(knob.key, providers);
      slider.setAttribute("aria-label", words);
      field.setAttribute("aria-label", `${words}: number`);
      back.setAttribute("aria-label", `${words}: back to ${readable(knob.value)}`);
      const show = () => {
        slider.value = position(knob, this.values[k]);
        slider.setAttribute("aria-valuetext", readable(this.values[k]));
        field.value = readable(this.values[k]);
        row.classList.toggle("moved", this.values[k] !== knob.value);
        back.disabled = this.values[k] === knob.value;
      };
      const move = (number) => {
        this.values[k] = number;
        show();
        changed();
      };
      slider.addEventListener("input", () => move(numberAt(knob, Number(slider.value))));
      field.addEventListener("change", () => {
        const number = Number(field.value.replace(",", "."));
        move(field.value.trim() && Number.isFinite(number) ? (knob.whole ? Math.round(number) : number) : this.values[k]);
      });
      back.addEventListener("click", () => move(knob.value));
      const row = element("div", { className: "knob" },
        element("div", { className: "words", title: knob.key, textContent: words }),
        element("div", { className: "controls" }, slider, field, back));
      this.rows.push(row);
      show();
      return show;
    });
  }

  /** Puts a whole setting, without a call of `changed`. */
  set(values) {
    this.values = values.slice();
    this.show.forEach((show) => show());
  }
}
