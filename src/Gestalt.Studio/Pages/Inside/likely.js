// What was likely: the distribution, with temperature and top-p applied here, at once.
import { el, number } from "../shell/dom.js";
import { quoted } from "../tokens/spelling.js";
import { distribution, draw, percent } from "./numbers.js";

const shown = 15;

export class Likely {
  #part; #onChoose; #logits = null; #order = []; #named = new Map(); #came = null;

  /** @param onChoose Called with the id of a token that the text is to go on with. */
  constructor(part, onChoose) {
    this.#part = part;
    this.#onChoose = onChoose;
    part("temperature").addEventListener("input", () => this.draw());
    part("top-p").addEventListener("input", () => this.draw());
    part("draw").addEventListener("click", () => onChoose(draw(this.#now(), this.#order)));
  }

  /** Takes the logits (V), the tokens that have names, and the token that came, if one did. */
  show(logits, named, came) {
    this.#logits = logits;
    this.#order = Uint32Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
    this.#named = new Map(named.map(token => [token.id, token]));
    this.#came = came;
    if (came) this.#named.set(came.id, came);
    this.draw();
  }

  get temperature() { return Number(this.#part("temperature").value); }
  get topP() { return Number(this.#part("top-p").value); }

  #now() { return distribution(this.#logits, this.#order, this.temperature, this.topP); }

  draw() {
    this.#part("temperature-shown").textContent = this.temperature.toFixed(2);
    this.#part("top-p-shown").textContent = this.topP.toFixed(2);
    if (!this.#logits) return;
    const now = this.#now(), places = [...Array(Math.min(shown, this.#order.length)).keys()];
    const came = this.#came ? this.#order.indexOf(this.#came.id) : -1;
    if (came >= shown) places.push(came);
    this.#part("mass").textContent = this.temperature === 0
      ? "At temperature 0 the likeliest token is always taken."
      : `Unsure by ${now.entropy.toFixed(2)} bits. ${now.kept === this.#order.length ? `All ${number(now.kept)} tokens can come.` : `${number(now.kept)} of ${number(this.#order.length)} tokens can come; together they hold ${percent(now.mass)}.`}`;
    const most = now.raw[this.#order[0]];
    this.#part("bars").replaceChildren(...places.map(place => {
      const id = this.#order[place], token = this.#named.get(id), isOut = place >= now.kept, share = isOut ? 0 : now.raw[id] / now.mass;
      const fill = el("span", { class: "fill" });
      fill.style.width = `${100 * (isOut ? now.raw[id] : share) / Math.max(most, most / now.mass)}%`;
      return el("li", { class: `${place === came ? "came" : ""}${isOut ? " out" : ""}`, value: place + 1 },
        el("button", { type: "button", title: `id ${id}: go on with it`, onClick: () => this.#onChoose(id) },
          el("code", {}, token ? quoted(token.bytes).slice(1, -1) : `id ${id}`), el("span", { class: "share-bar" }, fill), el("span", { class: "num" }, isOut ? "cut" : percent(share)),
          place === came ? el("span", { class: "tag accent" }, "came") : null));
    }));
  }
}
