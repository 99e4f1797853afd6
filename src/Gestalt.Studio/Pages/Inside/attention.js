// What each head looked at: as shades over the text with arcs, and as a picture of all positions.
import { el } from "../shell/dom.js";
import { json } from "../shell/api.js";
import { quoted, spell } from "../tokens/spelling.js";
import { floats, shades, triangle, percent } from "./numbers.js";

const near = 160;
const svg = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

export class Attention {
  #part; #layers = []; #tokens = []; #ids = []; #model = ""; #head = 0; #maps = null; #asked = null;

  constructor(part) {
    this.#part = part;
    part("layer").addEventListener("input", () => this.#turn());
  }

  /** Takes the layers of an inspection and the tokens up to the position that was looked at. */
  show(layers, tokens, model) {
    this.#layers = layers.map(layer => layer.attention.map(floats));
    this.#tokens = tokens;
    this.#ids = tokens.map(token => token.id);
    this.#model = model;
    const slider = this.#part("layer"), isNew = Number(slider.max) !== layers.length;
    slider.max = layers.length;
    if (isNew) slider.value = Math.ceil(layers.length / 2);
    this.#head = Math.min(this.#head, this.#layers[0].length - 1);
    this.#turn();
  }

  get #layer() { return Number(this.#part("layer").value) - 1; }

  async #turn() {
    this.#part("layer-shown").textContent = `${this.#layer + 1} of ${this.#layers.length}`;
    this.#maps = null;
    this.#heads();
    this.#draw();
    this.#asked?.abort();
    const own = this.#asked = new AbortController(), layer = this.#layer;
    try {
      const answer = await json("POST", "/studio/inside/map", { model: this.#model, ids: this.#ids, layer }, { signal: own.signal });
      this.#maps = answer.heads.map(shades);
      this.#heads();
      this.#map();
    } catch (problem) { if (problem.name !== "AbortError") this.#part("map-said").textContent = problem.message; }
  }

  /** One small picture for each head; the chosen one is drawn large. */
  #heads() {
    const rows = this.#layers[this.#layer], container = this.#part("heads");
    if (container.children.length !== rows.length)
      container.replaceChildren(...rows.map((_, head) => el("label", { class: "head" },
        el("input", { type: "radio", name: "head", value: String(head), onChange: () => { this.#head = head; this.#draw(); this.#map(); } }), el("canvas", { aria: { hidden: "true" } }), el("span", {}, `Head ${head + 1}`))));
    [...container.children].forEach((label, head) => {
      label.querySelector("input").checked = head === this.#head;
      if (this.#maps) triangle(label.querySelector("canvas"), this.#maps[head], this.#tokens.length, { from: Math.max(0, this.#tokens.length - 64) });
    });
  }

  #draw() {
    const weights = this.#layers[this.#layer][this.#head], last = weights.length - 1;
    const most = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, 5).filter(at => weights[at] >= .005);
    this.#part("looks").textContent = `Layer ${this.#layer + 1}, head ${this.#head + 1}, at ${quoted(this.#tokens[last].bytes)}, looks at ${most.map(at => `${quoted(this.#tokens[at].bytes)} (${at === last ? "itself" : `${last - at} back`}, ${percent(weights[at])})`).join(", ")}.`;
    const first = Math.max(0, weights.length - near), line = el("div", { class: "arc-text" });
    for (let at = first; at < weights.length; at++) {
      const token = el("span", { class: `arc-token${at === last ? " here" : ""}`, title: `${percent(weights[at])}` }, spell(this.#tokens[at].bytes).parts.map(part => part.text));
      token.style.setProperty("--weight", Math.sqrt(weights[at]).toFixed(3));
      line.append(token);
    }
    const drawing = svg("svg", { class: "arc-lines", "aria-hidden": "true" }), container = this.#part("arcs");
    container.replaceChildren(drawing, line);
    if (first > 0) line.prepend(el("span", { class: "quiet small" }, `${first} tokens before … `));
    const origin = line.getBoundingClientRect().left, middles = [...line.querySelectorAll(".arc-token")].map(token => { const box = token.getBoundingClientRect(); return box.left + box.width / 2 - origin; });
    const width = line.scrollWidth, tall = 96, end = middles.at(-1);
    drawing.setAttribute("viewBox", `0 0 ${width} ${tall}`);
    drawing.setAttribute("width", width);
    drawing.setAttribute("height", tall);
    middles.forEach((start, i) => {
      const weight = weights[first + i];
      if (weight < .01 || start === end) return;
      const rise = tall - 6 - Math.min(tall - 12, 14 + Math.abs(end - start) * .22);
      drawing.append(svg("path", { d: `M${start.toFixed(1)} ${tall}C${start.toFixed(1)} ${rise.toFixed(1)} ${end.toFixed(1)} ${rise.toFixed(1)} ${end.toFixed(1)} ${tall}`, "stroke-width": (.6 + 5 * weight).toFixed(2), opacity: (.25 + .75 * weight).toFixed(2) }));
    });
    container.scrollLeft = container.scrollWidth;
  }

  #map() {
    const canvas = this.#part("map");
    if (!this.#maps) return;
    const side = Math.min(this.#tokens.length, 256), from = this.#tokens.length - side;
    triangle(canvas, this.#maps[this.#head], this.#tokens.length, { from });
    canvas.style.width = `min(100%, ${Math.max(160, Math.min(480, side * 12))}px)`;
    const said = `Every position (from top to bottom) and what it looks at (from left to right)${from > 0 ? `, the last ${side} tokens` : ""}: layer ${this.#layer + 1}, head ${this.#head + 1}.`;
    canvas.setAttribute("aria-label", said);
    this.#part("map-said").textContent = said;
  }
}
