const pen = document.createElement("canvas").getContext("2d");
pen.font = "12px system-ui, sans-serif"; // near what charts are written in

/** A name cut to so many pixels, ended with `…`. */
export function fitted(text, pixels) {
  if (pen.measureText(text).width <= pixels) return text;
  const letters = [...text];
  while (letters.length && pen.measureText(`${letters.join("")}…`).width > pixels) letters.pop();
  return `${letters.join("")}…`;
}
