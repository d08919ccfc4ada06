import { element } from "../element.js";
import { loadEngine, openScenario } from "./engine.js";
import { Knobs } from "./knobs.js";
import { asFragment, asOptions, fromFragment } from "./setting.js";
import { ShareChart } from "./share_chart.js";

const SAME_SHARE = 1e-9; // what differs by less differs by rounding errors of sums
const NEAR = "600px"; // below the visible part: the engine starts when the section comes so near

/**
 * Sliders for the numbers on which the lead hangs most, and the shares that follow, by the mean-field engine in the page.
 * `data`: { scenario (TOML), providers: [{name, shown, colour, stroke}], layers: [{name}] }.
 * Each run ends in an event "moved" of the section, whose `detail` is what openScenario gave.
 * `wasm`: the module as bytes, or base64 of its gzip; nothing: the section says that there is none.
 */
export function mountWhatIf(section, data, wasm) {
  section.hidden = false;
  if (!wasm) {
    section.replaceChildren(element("p", { className: "note", textContent: "No sliders here to ask what if: lockin was built without Emscripten." }));
    return;
  }
  const state = element("p", { className: "note", textContent: "Starts when it comes into view." });
  state.setAttribute("role", "status");
  section.replaceChildren(
    element("h2", { textContent: "What if" }),
    element("p", { textContent: "The market run anew at each move, here in the page and by the same law as the command. One course, " +
      "expected at the means of all that is uncertain: not the mean of many histories, which stands above, though near it." }),
    state);

  const start = async () => {
    observer.disconnect();
    state.textContent = "Starting the engine ...";
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done))); // so that this can be read
    try {
      const engine = await loadEngine(wasm), begun = performance.now();
      const market = openScenario(engine, data.scenario);
      performance.measure("what-if open", { start: begun });
      fill(section, data, market);
      state.remove();
    } catch (error) {
      state.textContent = `The engine does not start: ${error.message}`;
    }
  };
  const observer = new IntersectionObserver((seen) => { if (seen.some((s) => s.isIntersecting)) start(); }, { rootMargin: NEAR });
  observer.observe(section);
  if (location.hash.startsWith("#set=")) section.scrollIntoView();
}

// Who leads by each ranking, in one sentence: a provider that leads by several is named once.
function answer({ last, rankings, providers }) {
  const led = new Map();
  for (const { measure, layer, last: shares } of rankings) {
    const best = providers.reduce((top, _, j) => (shares[j] > (shares[top] ?? -1) ? j : top), -1);
    if (best < 0) continue;
    const by = measure === "revenue_share" ? "revenue" : rankings.length > 2 ? `tokens of ${layer}` : "tokens";
    const level = providers.map((_, j) => j).filter((j) => Math.abs(shares[j] - shares[best]) < SAME_SHARE);
    const of = level.map((j) => providers[j].name);
    const who = of.length === 1 ? `${of[0]} leads` : `${of.length > 4 ? `${of.slice(0, 3).join(", ")} and ${of.length - 3} others`
      : `${of.slice(0, -1).join(", ")} and ${of.at(-1)}`} are level`;
    led.set(who, [...(led.get(who) ?? []), `by ${by} (${(100 * shares[best]).toFixed(1)} %)`]);
  }
  const parts = [...led].map(([who, by]) => `${who} ${by.join(" and ")}`);
  return `In ${last} ${parts.join(", ") || "nobody sells anything"}.`;
}

function fill(section, data, market) {
  const { knobs } = market;
  const sentence = element("p", { className: "answer" });
  sentence.setAttribute("aria-live", "polite");
  const trouble = element("p", { className: "trouble", hidden: true });
  trouble.setAttribute("role", "alert");
  const command = element("pre", { className: "command" });
  const link = element("a", { textContent: "Link to this setting" });
  const copy = element("button", { type: "button", textContent: "Copy" });
  const charts = market.rankings.map((ranking) => new ShareChart(ranking, market, data));
  const sliders = new Knobs(knobs, data, () => schedule());
  const reset = element("button", { type: "button", className: "reset", textContent: "Reset all" });

  const options = () => ["lockin run scenario.toml --engine mean-field --replications 1", asOptions(knobs, sliders.values)].join(" ").trim();
  // The run and what it shows; all within one frame.
  const update = () => {
    const begun = performance.now();
    try {
      market.run(sliders.values);
      trouble.hidden = true;
    } catch (error) {
      trouble.textContent = error.message;
      trouble.hidden = false;
    }
    sentence.textContent = answer(market);
    charts.forEach((chart) => chart.draw());
    command.textContent = options();
    const fragment = asFragment(knobs, sliders.values);
    link.href = `#${fragment}`;
    link.hidden = reset.disabled = fragment === "";
    performance.measure("what-if move", { start: begun });
    section.dispatchEvent(new CustomEvent("moved", { detail: market }));
  };
  let waiting = false;
  const schedule = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      update();
    });
  };
  const apply = () => {
    if (location.hash.startsWith("#set=")) sliders.set(fromFragment(knobs, location.hash));
    update();
  };
  reset.addEventListener("click", () => {
    sliders.set(knobs.map(({ value }) => value));
    if (location.hash.startsWith("#set=")) history.replaceState(null, "", "#what-if");
    update();
  });
  copy.addEventListener("click", async () => {
    const done = await navigator.clipboard?.writeText(options()).then(() => true, () => false);
    copy.textContent = done ? "Copied" : "Not allowed here: select the line above";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  addEventListener("hashchange", apply);
  section.append(
    sentence, trouble,
    element("div", { className: "what-if" },
      element("div", { className: "knobs" }, ...sliders.rows, element("div", { className: "tools" }, reset, link)),
      element("div", {},
        element("div", { className: "charts" }, ...charts.map((chart) => chart.figure)),
        element("p", { className: "note", textContent: "Dotted: the scenario as it is; changes are against it." }))),
    element("p", { textContent: "The same by the command, from the folder of this report:" }),
    element("div", { className: "scroll" }, command), copy);
  section.classList.add("open");
  apply();
}
