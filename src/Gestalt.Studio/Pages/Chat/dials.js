// How a model answers: the system message and the dials. An empty dial is left out of requests, and the model's own value holds.

/** The panel of dials. */
export class Dials {
  constructor(root, onChange) {
    this.panel = root.querySelector("#dials");
    this.system = root.querySelector("[data-system]");
    this.dials = [...root.querySelectorAll("[data-dial]")].map(field => ({ name: field.dataset.dial, slider: field.querySelector("input[type=range]"), input: field.querySelector(".input") }));
    this.system.addEventListener("input", onChange);
    for (const { slider, input } of this.dials) {
      input.addEventListener("input", () => {
        this.#slide(slider, input.value);
        input.setAttribute("aria-invalid", String(!input.validity.valid));
        onChange();
      });
      if (!slider) continue;
      slider.addEventListener("input", () => {
        input.value = slider.value;
        slider.classList.remove("unset");
        input.setAttribute("aria-invalid", "false");
        onChange();
      });
    }
    root.querySelector("[data-reset]").addEventListener("click", () => {
      this.write({ system: this.system.value, sampling: {} });
      onChange();
    });
  }

  /** Shows what a conversation has. */
  write({ system, sampling }) {
    this.system.value = system;
    for (const { name, slider, input } of this.dials) {
      const value = sampling[name];
      input.value = value === undefined ? "" : Array.isArray(value) ? value.join("|") : String(value);
      input.setAttribute("aria-invalid", "false");
      this.#slide(slider, input.value);
    }
  }

  /** A slider whose dial is empty rests at 1, and looks as if it were not there. */
  #slide(slider, value) {
    if (!slider) return;
    slider.value = value === "" ? "1" : value;
    slider.classList.toggle("unset", value === "");
  }

  /** What is set: the system message, and the fields for requests. Values that cannot be are marked and left out. */
  read() {
    const sampling = {};
    for (const { name, input } of this.dials) {
      if (input.value.trim() === "" || !input.validity.valid) continue;
      if (input.type === "number") sampling[name] = Number(input.value);
      else sampling[name] = input.value.split("|").filter(text => text !== "").slice(0, 4);
    }
    return { system: this.system.value, sampling };
  }
}
