// The module in node against the command: the same shares, as shipped and with every number of the page changed.
//   node same_as_command.mjs WASM ENGINE_FOLDER LOCKIN SCENARIO...
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [wasm, folder, lockin, ...scenarios] = process.argv.slice(2);
const module_of = (name) => import(pathToFileURL(join(folder, name)));
const { loadEngine, openScenario } = await module_of("engine.js");
const { asFragment, asOptions, changes, fromFragment } = await module_of("setting.js");

// The two differ by their exp and log, each right to an ulp (1e-16), and the errors of some 25 periods add up.
const tolerance = 1e-12;

const work = mkdtempSync(join(tmpdir(), "lockin-wasm-"));
let runs = 0;

// What the command writes: { shares, annual, scenario }, the tables as "period,layer,provider,measure" -> value.
function by_command(scenario, sets) {
  const out = join(work, String(runs++));
  execFileSync(lockin, ["run", scenario, "--engine", "mean-field", "--replications", "1", "--out", out,
    ...sets.flatMap((set) => ["--set", set])], { stdio: "pipe" });
  const table = (file) => new Map(readFileSync(join(out, file), "utf8").split("\n").slice(1).filter(Boolean)
    .map((row) => row.split(",")).filter(([, , segment]) => segment === "all")
    .map(([period, layer, , provider, measure, value]) => [[period, layer, provider, measure].join(), Number(value)]));
  return { shares: table("shares.csv"), annual: table("annual.csv"), scenario: readFileSync(join(out, "scenario.toml"), "utf8") };
}

let compared = 0;
function same(found, expected, what) {
  if (expected === undefined) return assert.ok(Number.isNaN(found), `${what}: ${found}, the command has none`);
  ++compared;
  assert.ok(Math.abs(found - expected) <= tolerance * Math.abs(expected), `${what}: ${found}, the command has ${expected}`);
}
function agree(page, { shares, annual }) {
  for (const { measure, layer, shares: found, last } of page.rankings)
    page.providers.forEach(({ key }, j) => {
      page.periods.forEach((period, m) => {
        if (m > 0) same(found[m * page.providers.length + j], shares.get([period, layer, key, measure].join()), `${period} ${layer} ${key} ${measure}`);
      });
      const table = /^\d{4}$/.test(page.last) ? annual : shares;
      same(last[j], table.get([page.last, layer, key, measure].join()), `${page.last} ${layer} ${key} ${measure}`);
    });
}

try {
  const engine = await loadEngine(readFileSync(wasm));
  for (const scenario of scenarios) {
    const as_shipped = by_command(scenario, []);
    const page = openScenario(engine, as_shipped.scenario);
    assert.ok(page.knobs.length > 0, `${scenario}: nothing to move`);
    agree(page, as_shipped);

    // All numbers at once, each a fifth of the way to the end of its range that is farther.
    const shipped = page.knobs.map(({ value }) => value);
    const moved = page.knobs.map(({ value, min, max, whole }) => {
      const to = value + 0.2 * ((max - value > value - min ? max : min) - value);
      return whole ? Math.round(to) : to;
    });
    const before = page.rankings[0].shares;
    page.run(moved);
    assert.notDeepEqual(page.rankings[0].shares, before);
    agree(page, by_command(scenario, changes(page.knobs, moved)));
    assert.deepEqual(fromFragment(page.knobs, `#${asFragment(page.knobs, moved)}`), moved);

    // Values that a market does not take: a message, and the shares stay; then back to where it was.
    const kept = page.rankings[0].shares;
    assert.throws(() => page.run(page.knobs.map(() => NaN)), /not a number/);
    assert.deepEqual(page.rankings[0].shares, kept);
    page.run(shipped);
    assert.deepEqual(page.rankings[0].shares, before);
    page.close();
  }

  assert.throws(() => openScenario(engine, "[layers]\nx = 1\n"), /scenario:\d+:\d+: error: /);
  assert.equal(asOptions([{ key: 'providers."甲 乙".x', value: 1 }], [2]), `--set 'providers."甲 乙".x=2'`);

  // Opening and running keep no memory.
  const text = by_command(scenarios[0], []).scenario;
  const use = () => { const page = openScenario(engine, text); page.run(page.knobs.map(({ value }) => value)); page.close(); };
  for (let i = 0; i < 3; ++i) use();
  const held = engine.memory.buffer.byteLength;
  for (let i = 0; i < 10; ++i) use();
  assert.equal(engine.memory.buffer.byteLength, held);
  console.log(`${compared} shares agree`);
} finally {
  rmSync(work, { recursive: true });
}
