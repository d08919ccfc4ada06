// A setting of the sliders as text: options of the command, and a fragment of the page's address.

/** The numbers that differ from the scenario: ["KEY=VALUE"]. JavaScript writes a number so that it reads back the same. */
export function changes(knobs, values) {
  return knobs.flatMap(({ key, value }, k) => (values[k] === value ? [] : [`${key}=${values[k]}`]));
}

/** `--set KEY=VALUE ...` for a shell. */
export function asOptions(knobs, values) {
  const quoted = (text) => (/^[\w.=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return changes(knobs, values).map((change) => `--set ${quoted(change)}`).join(" ");
}

/** `set=KEY=VALUE&set=...` after the `#` of an address; empty if nothing differs. */
export function asFragment(knobs, values) {
  return changes(knobs, values).map((change) => `set=${encodeURIComponent(change).replaceAll("%3D", "=")}`).join("&");
}

/** The values that a fragment names; the scenario's where it names none, or none that is a number. */
export function fromFragment(knobs, fragment) {
  const named = new Map(new URLSearchParams(fragment.replace(/^#/, "")).getAll("set").map((change) => {
    const at = change.lastIndexOf("=");
    return [change.slice(0, at), change.slice(at + 1)];
  }));
  return knobs.map(({ key, value }) => {
    const text = named.get(key);
    return text && Number.isFinite(Number(text)) ? Number(text) : value;
  });
}
