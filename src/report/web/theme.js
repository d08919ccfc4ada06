import { element } from "./element.js";

const THEMES = ["auto", "light", "dark"];

/** A button that goes through the colours of the system, light and dark. */
export function themeButton() {
  const root = document.documentElement, button = element("button", { type: "button", className: "theme" });
  const set = (theme) => {
    root.dataset.theme = theme;
    button.textContent = `Colours: ${theme}`;
  };
  button.addEventListener("click", () => set(THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length]));
  set("auto");
  return button;
}
