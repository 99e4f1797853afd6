// How one word came about: its symbols after any number of steps, and what each step did.
import { el } from "../shell/dom.js";
import { quoted, spacedHex } from "./spelling.js";

const methods = {
  BytePairs: "Bytes are merged: of all neighbours that have a merge, the one with the lowest rank, the leftmost first, until none has one.",
  CharacterPairs: "Characters are merged: of all neighbours that together are a token, the one with the best rank, the leftmost first; what is no token at the end falls back to bytes.",
  BestPath: "Of all ways to cut the word into tokens, the one whose scores have the greatest sum.",
  LongestFirst: "The longest token with which the rest begins, from left to right; a word that does not come out even is unknown.",
  WholeWord: "The word is a token as a whole, and this vocabulary takes such words before it merges.",
  Added: "A token of its own, found in the text before anything else was done with it.",
};

const listed = 400;

export class Trace {
  #root; #part; #states = []; #steps = [];

  constructor(root) {
    this.#root = root;
    this.#part = name => root.querySelector(`[data-${name}]`);
    this.#part("step").addEventListener("input", () => this.#draw());
    this.#part("back").addEventListener("click", () => this.#go(-1));
    this.#part("on").addEventListener("click", () => this.#go(1));
  }

  hide() { this.#root.hidden = true; }

  /** Shows a token and the word around it; without a trace, why there is none. */
  show(entry, place, trace, problem) {
    this.#root.hidden = false;
    this.#part("trace-title").textContent = `Token ${quoted(entry.bytes)}`;
    const facts = [["place", String(place + 1)], ["id", String(entry.id)], ["bytes", spacedHex(entry.bytes)], ["kind", entry.kind]];
    this.#part("facts").replaceChildren(...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
    this.#part("method").textContent = problem ?? methods[trace.method];
    this.#part("steps-part").hidden = !trace || trace.steps.length === 0;
    if (!trace) return;
    this.#steps = trace.steps;
    this.#states = [trace.start];
    for (const step of trace.steps) this.#states.push(this.#states.at(-1).toSpliced(step.at, step.taken, ...step.made));
    const slider = this.#part("step");
    slider.max = trace.steps.length;
    slider.value = trace.steps.length;
    this.#part("all").replaceChildren(...trace.steps.slice(0, listed).map((_, i) => el("li", {}, this.#sentence(i))),
      ...(trace.steps.length > listed ? [el("li", { class: "quiet" }, `and ${trace.steps.length - listed} more: the slider leads through all of them`)] : []));
    this.#draw();
  }

  #go(by) {
    const slider = this.#part("step");
    slider.value = Number(slider.value) + by;
    this.#draw();
  }

  #sentence(i) {
    const step = this.#steps[i], taken = this.#states[i].slice(step.at, step.at + step.taken);
    const code = symbol => el("code", {}, quoted(symbol.bytes).slice(1, -1));
    const joined = taken.flatMap((symbol, n) => n === 0 ? [code(symbol)] : [" + ", code(symbol)]);
    const made = step.made.length === 0 ? ["nothing"] : step.made.flatMap((symbol, n) => n === 0 ? [code(symbol)] : [" ", code(symbol)]);
    const ids = step.made.length === 0 ? "" : `, id ${step.made.map(symbol => symbol.id).join(" ")}`;
    const why = [step.rank === null ? null : `rank ${step.rank}`, step.score === null ? null : `score ${step.score.toFixed(2)}`].filter(Boolean).join(", ");
    return [...joined, " → ", ...made, ids, why === "" ? "" : ` (${why})`];
  }

  #draw() {
    const at = Number(this.#part("step").value), last = at > 0 ? this.#steps[at - 1] : null, next = this.#steps[at];
    this.#part("step").setAttribute("aria-valuetext", `${at} of ${this.#steps.length} steps`);
    this.#part("back").disabled = at === 0;
    this.#part("on").disabled = at === this.#steps.length;
    this.#part("symbols").replaceChildren(...this.#states[at].slice(0, 2000).map((symbol, i) => {
      const made = last && i >= last.at && i < last.at + last.made.length, soon = next && i >= next.at && i < next.at + next.taken;
      return el("span", { class: `symbol${made ? " made" : soon ? " next" : ""}` }, el("span", {}, quoted(symbol.bytes).slice(1, -1)), el("small", {}, symbol.id < 0 ? "no token" : String(symbol.id)));
    }));
    const said = this.#part("said");
    said.replaceChildren(`Step ${at} of ${this.#steps.length}. `, ...(at === 0 ? ["So it begins."] : this.#sentence(at - 1)));
  }
}
