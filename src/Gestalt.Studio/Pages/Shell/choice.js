// One of a few, side by side.
import { el } from "./dom.js";

let groups = 0;

/** Fills a radio group with [value, label] pairs; onChange gets the value that was chosen. Where nothing changed, nothing is touched, so that the focus stays. */
export function choice(container, options, chosen, onChange) {
  const shape = JSON.stringify(options);
  if (container.dataset.shape !== shape) {
    container.dataset.shape = shape;
    const name = `choice-${groups++}`;
    container.replaceChildren(...options.map(([value, label]) =>
      el("label", {}, el("input", { type: "radio", name, value, onChange: () => onChange(value) }), el("span", {}, label))));
  }
  for (const input of container.querySelectorAll("input")) input.checked = input.value === chosen;
}
