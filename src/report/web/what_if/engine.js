// The mean-field engine, compiled to WebAssembly (src/wasm), behind plain objects.

const textOut = new TextDecoder();
const textIn = new TextEncoder();

// The module as bytes, from what the page carries: bytes, or base64 of its gzip.
async function moduleBytes(source) {
  if (typeof source !== "string") return source;
  const zipped = Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0));
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The C library asks for a system, which it does not need here: every call but the ones below fails with "not supported".
function system(memory) {
  const notSupported = 52;
  const known = {
    proc_exit: (status) => { throw new Error(`the engine stopped (${status})`); },
    emscripten_notify_memory_growth: () => {},
    environ_sizes_get: (count, size) => {
      new DataView(memory().buffer).setUint32(count, 0, true);
      new DataView(memory().buffer).setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
  };
  return (name) => known[name] ?? (() => notSupported);
}

/** Compiles the module. `source`: bytes, or base64 of their gzip. */
export async function loadEngine(source) {
  const module = await WebAssembly.compile(await moduleBytes(source));
  let instance = null;
  const provide = system(() => instance.exports.memory);
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module))
    if (kind === "function") (imports[from] ??= {})[name] = provide(name);
  instance = await WebAssembly.instantiate(module, imports);
  instance.exports._initialize();
  return instance.exports;
}

/**
 * Reads a scenario (TOML) and runs it as it is. Throws an Error with the engine's message if it is none.
 *
 * Gives { knobs, providers, periods, last, rankings, run(values), close() }:
 * knobs: [{ key, value, min, max, derivative, whole }], those first on which the lead hangs most;
 * providers: [{ key, name }]; periods: labels, the opening first; last: label of what `last` of the rankings is about;
 * rankings: [{ measure, layer, shares, last }], shares[moment * providers.length + provider], NaN where there is none;
 * run(values): one value for each knob; fills `rankings` anew. Throws an Error with the engine's message; they stay then.
 */
export function openScenario(engine, scenario, count = 10) {
  const read = (at) => {
    const bytes = new Uint8Array(engine.memory.buffer, at);
    return textOut.decode(bytes.subarray(0, bytes.indexOf(0)));
  };
  const numbers = (at, n) => new Float64Array(engine.memory.buffer, at, n).slice();
  const list = (n, item) => Array.from({ length: n }, (_, i) => item(i));

  const bytes = textIn.encode(scenario);
  const text = engine.malloc(bytes.length + 1);
  new Uint8Array(engine.memory.buffer, text, bytes.length + 1).set([...bytes, 0]);
  const page = engine.what_if_open(text, count);
  engine.free(text);
  const message = read(engine.what_if_message(page));
  if (message) {
    engine.what_if_close(page);
    throw new Error(message);
  }

  const knobs = list(engine.what_if_knobs(page), (k) => {
    const [value, min, max, derivative, whole] = numbers(engine.what_if_knob_numbers(page, k), 5);
    return { key: read(engine.what_if_knob_key(page, k)), value, min, max, derivative, whole: whole === 1 };
  });
  const providers = list(engine.what_if_providers(page), (j) => ({
    key: read(engine.what_if_provider_key(page, j)),
    name: read(engine.what_if_provider_name(page, j)),
  }));
  const periods = list(engine.what_if_periods(page) + 1, (m) => read(engine.what_if_period_label(page, m - 1)));
  const rankings = list(engine.what_if_rankings(page), (r) => ({
    measure: read(engine.what_if_ranking_measure(page, r)),
    layer: read(engine.what_if_ranking_layer(page, r)),
  }));
  const fill = () => rankings.forEach((ranking, r) => {
    ranking.shares = numbers(engine.what_if_shares(page, r), periods.length * providers.length);
    ranking.last = numbers(engine.what_if_last(page, r), providers.length);
  });
  fill();

  const values = engine.malloc(8 * Math.max(1, knobs.length));
  return {
    knobs, providers, periods, rankings,
    last: read(engine.what_if_last_label(page)),
    run(of) {
      new Float64Array(engine.memory.buffer, values, knobs.length).set(of);
      if (!engine.what_if_run(page, values)) throw new Error(read(engine.what_if_message(page)));
      fill();
    },
    close() {
      engine.free(values);
      engine.what_if_close(page);
    },
  };
}
