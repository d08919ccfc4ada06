import wasm from "what-if-module"; // base64 of the gzipped module, or null: page.cmake says which
import { element } from "./element.js";
import { mountWhatIf } from "./what_if/section.js";

/** The section with sliders that run the market anew in the page. */
export function mount_what_if(section, data) {
  mountWhatIf(section, data, wasm);
  if (wasm) document.querySelector("nav")?.prepend(element("a", { href: `#${section.id}`, textContent: "What if" }), "\n");
}
