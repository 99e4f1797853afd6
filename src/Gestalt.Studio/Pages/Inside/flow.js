// The model as blocks, with the numbers of one position on their way through it: token, embedding, each block's attention and feed-forward, head, sample.
import { el, number } from "../shell/dom.js";
import { quoted } from "../tokens/spelling.js";
import { floats, norm, cells, described, percent } from "./numbers.js";

const svg = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

const rise = 46, shownBlocks = 8;

export class Flow {
  #part; #stages = []; #at = 0; #look = null; #shape = null; #layers = [];

  constructor(part) {
    this.#part = part;
    part("stage").addEventListener("input", event => this.#go(Number(event.target.value)));
    part("back").addEventListener("click", () => this.#go(this.#at - 1));
    part("on").addEventListener("click", () => this.#go(this.#at + 1));
  }

  /** Takes an inspection, the token at its position, the position, and the model's shape. */
  show(look, token, shape) {
    this.#look = look;
    this.#shape = shape;
    this.#layers = look.layers.map(layer => ({
      query: floats(layer.query), key: floats(layer.key), value: floats(layer.value), attention: layer.attention.map(floats), attentionAdds: floats(layer.attentionAdds),
      hidden: floats(layer.hidden), experts: layer.experts, feedForwardAdds: floats(layer.feedForwardAdds), stream: floats(layer.stream),
    }));
    const embedding = floats(look.embedding), final = floats(look.final);
    this.#stages = [
      { name: "Token", note: quoted(token.bytes), draw: () => this.#token(token) },
      { name: "Embedding", note: `norm ${norm(embedding).toFixed(1)}`, stream: embedding, draw: () => this.#embedding(embedding, token) },
      ...this.#layers.flatMap((layer, i) => [
        { name: `Attention ${i + 1}`, block: i, note: `adds ${norm(layer.attentionAdds).toFixed(1)}`, stream: layer.attentionAdds, draw: () => this.#attention(layer, i) },
        { name: `Feed-forward ${i + 1}`, block: i, note: `adds ${norm(layer.feedForwardAdds).toFixed(1)}`, stream: layer.feedForwardAdds, draw: () => this.#feedForward(layer, i) },
      ]),
      { name: "Head", note: `${number(shape.vocabulary)} logits`, stream: final, draw: () => this.#head(final) },
      { name: "Sample", note: quoted(look.named[0].bytes), draw: () => this.#sample() },
    ];
    this.#part("stage").max = this.#stages.length - 1;
    this.#go(Math.min(this.#at, this.#stages.length - 1));
  }

  #go(at) {
    this.#at = Math.max(0, Math.min(at, this.#stages.length - 1));
    const slider = this.#part("stage"), stage = this.#stages[this.#at];
    slider.value = this.#at;
    slider.setAttribute("aria-valuetext", `${stage.name}, ${this.#at + 1} of ${this.#stages.length}`);
    this.#part("back").disabled = this.#at === 0;
    this.#part("on").disabled = this.#at === this.#stages.length - 1;
    this.#diagram();
    this.#part("stage-part").replaceChildren(el("h4", {}, stage.name), ...stage.draw());
  }

  /** The stages around the one that is looked at, on the stream that runs through them all. */
  #diagram() {
    const count = this.#stages.length, window = 2 * shownBlocks;
    const first = Math.max(0, Math.min(this.#at - window / 2, count - window)), last = Math.min(count, first + window);
    const height = (last - first) * rise + 12, drawing = svg("svg", { viewBox: `0 0 300 ${height}`, role: "group", "aria-label": "The model's parts, in order" });
    const top = first === 0 ? 24 : 0, bottom = last === count ? height - 28 : height;
    drawing.append(svg("line", { class: "wire", x1: 22, x2: 22, y1: top, y2: bottom }));
    drawing.append(svg("line", { class: "wire lit", x1: 22, x2: 22, y1: top, y2: Math.max(top, (this.#at - first) * rise + 24) }));
    for (let i = first; i < last; i++) {
      const stage = this.#stages[i], y = (i - first) * rise + 4, isBranch = stage.block !== undefined;
      const box = svg("g", { class: `box${i === this.#at ? " here" : ""}${i < this.#at ? " past" : ""}`, role: "button", tabindex: "0", "aria-label": `${stage.name}, ${stage.note}`, ...(i === this.#at ? { "aria-current": "step" } : {}) });
      if (isBranch) box.append(svg("path", { class: "branch", d: `M22 ${y + 6}C22 ${y + 19} 34 ${y + 19} 46 ${y + 19}` }), svg("path", { class: "branch", d: `M46 ${y + 27}C34 ${y + 27} 22 ${y + 27} 22 ${y + 39}` }), svg("circle", { class: "plus", cx: 22, cy: y + 39, r: 3.5 }));
      else box.append(svg("circle", { class: "plus", cx: 22, cy: y + 20, r: 5 }), svg("line", { class: "branch", x1: 27, x2: 46, y1: y + 20, y2: y + 20 }));
      box.append(svg("rect", { class: "frame", x: 46, y: y + 1, width: 250, height: rise - 8, rx: 6 }), svg("text", { x: 56, y: y + 17 }, stage.name), svg("text", { class: "amount", x: 288, y: y + 17, "text-anchor": "end" }, stage.note.length > 18 ? `${stage.note.slice(0, 17)}…` : stage.note));
      if (stage.stream) box.append(...this.#strip(stage.stream, 56, y + 24, 232));
      const go = () => { this.#go(i); this.#part("diagram").querySelector("[aria-current]")?.focus(); };
      box.addEventListener("click", go);
      box.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go(); } });
      drawing.append(box);
    }
    this.#part("diagram").replaceChildren(drawing);
  }

  /** The first numbers of a vector, one cell each. */
  #strip(values, x, y, width) {
    const shown = Math.min(values.length, 48), most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1, cell = width / shown;
    return [...values.slice(0, shown)].map((value, i) =>
      svg("rect", { class: value < 0 ? "below" : "above", x: (x + i * cell).toFixed(1), y, width: Math.max(.5, cell - .6).toFixed(1), height: 9, opacity: Math.max(.06, Math.min(1, Math.abs(value) / most) ** .7).toFixed(2) }));
  }

  #vector(values, name, about, options = {}) {
    const canvas = el("canvas", { role: "img", class: "cells", aria: { label: described(values, name) } });
    cells(canvas, values, options);
    return el("figure", { class: "vector" }, el("figcaption", {}, el("b", {}, name), ` ${about}`), canvas, el("p", { class: "quiet small num" }, described(values, `${number(values.length)} in all`).replace(/^[^:]*: /, "")));
  }

  #token(token) {
    return [el("p", {}, `Position ${this.#look.position + 1} of the text holds ${quoted(token.bytes)}. To the model it is nothing but its number, ${number(token.id)} of ${number(this.#shape.vocabulary)}.`)];
  }

  #embedding(values, token) {
    return [
      el("p", {}, `Row ${number(token.id)} of the token table: ${number(values.length)} numbers${this.#shape.positions === "Learned" ? ", and those of the position added to them" : ""}. From here on this vector, the residual stream, runs through all blocks; each reads it and adds to it.`),
      this.#vector(values, "Embedding", "what the token means before anything is known of its neighbours"),
    ];
  }

  #attention(layer, i) {
    const { heads, keyValueHeads, headWidth, positions, norm: kind } = this.#shape, length = layer.attention[0].length, from = Math.max(0, length - 64);
    const rows = new Float32Array(heads * (length - from));
    layer.attention.forEach((row, head) => rows.set(row.subarray(from), head * (length - from)));
    const picture = el("canvas", { role: "img", class: "cells", aria: { label: layer.attention.map((row, head) => `head ${head + 1} looks most at place ${row.indexOf(row.reduce((a, b) => Math.max(a, b))) + 1}`).join("; ") } });
    cells(picture, rows, { columns: length - from, limit: 1, size: Math.max(4, Math.min(16, 480 / (length - from))) });
    return [
      el("p", {}, `The stream is normalised (${kind === "RmsNorm" ? "RMSNorm" : "LayerNorm"}), and ${heads} heads of ${headWidth} numbers ask what the tokens so far have to say${keyValueHeads < heads ? `; they share ${keyValueHeads} sets of keys and values` : ""}${positions === "Rotary" ? ". Queries and keys are turned by their positions" : ""}.`),
      this.#vector(layer.query, "Query", "what this position asks, head after head", { columns: headWidth, size: 8 }),
      this.#vector(layer.key, "Key", "what it offers to be found by", { columns: headWidth, size: 8 }),
      el("figure", { class: "vector" }, el("figcaption", {}, el("b", {}, "Attention"), ` a row for each head, a column for each token${from > 0 ? ` of the last ${length - from}` : ""}`), picture),
      this.#vector(layer.value, "Value", "what it hands to those who look here", { columns: headWidth, size: 8 }),
      this.#vector(layer.attentionAdds, "Added to the stream", `by block ${i + 1}'s attention`),
    ];
  }

  #feedForward(layer, i) {
    const { feedForward, experts, feedForwardWidth } = this.#shape;
    const active = layer.hidden.length === 0 ? 0 : layer.hidden.reduce((sum, value) => sum + (Math.abs(value) > .1 ? 1 : 0), 0);
    return [
      experts > 0
        ? el("p", {}, `A router sends this position to ${layer.experts.length} of ${experts} experts: ${layer.experts.map(one => `number ${one.expert + 1} (${percent(one.weight)})`).join(", ")}.`)
        : el("p", {}, `The stream, normalised again, meets ${number(feedForwardWidth)} units (${feedForward}). ${number(active)} of them answer with more than 0.1; what they say is added up.`),
      layer.hidden.length === 0 ? "" : this.#vector(layer.hidden, "Units", "the activations between the two matrices"),
      this.#vector(layer.feedForwardAdds, "Added to the stream", `by block ${i + 1}'s feed-forward layer`),
      this.#vector(layer.stream, "Stream after the block", "what the next one reads"),
    ];
  }

  #head(final) {
    const guess = this.#look.guesses.at(-1);
    return [
      el("p", {}, `The stream, normalised for the last time, is compared with ${this.#shape.tiedEmbeddings ? "every row of the token table" : "every row of the head"}: ${number(this.#shape.vocabulary)} products, one logit for each token. Softmax makes probabilities of them.`),
      this.#vector(final, "What the head reads", "normalised"),
      el("ol", { class: "plain-list" }, guess.likeliest.map((token, i) => el("li", {}, el("code", {}, quoted(token.bytes)), ` ${percent(guess.probabilities[i])}`))),
    ];
  }

  #sample() {
    const guess = this.#look.guesses.at(-1);
    return [el("p", {}, `One token is drawn. The likeliest is ${quoted(guess.likeliest[0].bytes)} with ${percent(guess.probabilities[0])}; the sliders under “What was likely” change the odds, and “Draw one” draws. The token that is drawn is appended to the text, and all of this begins again.`)];
  }
}
