// Tokens in rows, of which only those in sight are in the page: a megabyte scrolls like a line.
import { el } from "../shell/dom.js";
import { spell, quoted, spacedHex } from "./spelling.js";

const overscan = 8;

export class TokenView {
  #container; #room; #name; #onPick;
  #tokens = []; #table = []; #spelled = []; #starts = [0]; #drawn = new Map(); #columns = 0; #rowHeight = 28;
  #picked = -1; #mates = [0, 0];

  /** @param onPick Called with a token's place when the user picks it. */
  constructor(container, name, onPick) {
    this.#container = container;
    this.#name = name;
    this.#onPick = onPick;
    this.#room = el("div", { class: "token-room", role: "presentation" });
    container.append(this.#room);
    container.addEventListener("scroll", () => this.#draw(), { passive: true });
    container.addEventListener("keydown", event => this.#key(event));
    container.addEventListener("click", event => {
      const token = event.target.closest(".token");
      if (token) this.pick(Number(token.dataset.place));
    });
    new ResizeObserver(() => this.#layOut(false)).observe(container);
  }

  /** Shows tokens: places in a table of {id, bytes, kind}. */
  show(tokens, table) {
    this.#tokens = tokens;
    this.#table = table;
    this.#spelled = table.map(entry => spell(entry.bytes));
    this.#picked = -1;
    this.#mates = [0, 0];
    this.#container.removeAttribute("aria-activedescendant");
    this.#layOut(true);
  }

  get picked() { return this.#picked; }

  entry(place) { return this.#table[this.#tokens[place]]; }

  /** Picks a token, brings it in sight, and tells. */
  pick(place) {
    if (this.#tokens.length === 0) return;
    this.#picked = Math.max(0, Math.min(place, this.#tokens.length - 1));
    this.#reveal();
    this.#clear();
    this.#draw();
    this.#container.setAttribute("aria-activedescendant", this.#idOf(this.#picked));
    this.#onPick(this.#picked);
  }

  /** Underlines the tokens of one word. */
  mark(first, count) {
    this.#mates = [first, first + count];
    this.#clear();
    this.#draw();
  }

  #idOf(place) { return `${this.#name}-token-${place}`; }

  #layOut(isNew) {
    const probe = el("span", { class: "token" }, "0".repeat(40));
    const row = el("div", { class: "token-row" }, probe);
    this.#room.append(row);
    const columns = Math.max(8, Math.floor(40 * this.#room.clientWidth / probe.getBoundingClientRect().width));
    this.#rowHeight = row.getBoundingClientRect().height;
    row.remove();
    if (!isNew && columns === this.#columns) { this.#draw(); return; }
    this.#columns = columns;
    const starts = [0];
    let used = 0;
    for (let i = 0; i < this.#tokens.length; i++) {
      const { columns: width, breaks } = this.#spelled[this.#tokens[i]];
      if (used > 0 && used + width > columns) { starts.push(i); used = 0; }
      used += width;
      if (breaks && i + 1 < this.#tokens.length) { starts.push(i + 1); used = 0; }
    }
    this.#starts = starts;
    this.#room.style.height = `${starts.length * this.#rowHeight}px`;
    if (isNew) this.#container.scrollTop = 0;
    this.#clear();
    this.#draw();
  }

  #clear() {
    for (const row of this.#drawn.values()) row.remove();
    this.#drawn.clear();
  }

  #draw() {
    const first = Math.max(0, Math.floor(this.#container.scrollTop / this.#rowHeight) - overscan);
    const last = Math.min(this.#starts.length, Math.ceil((this.#container.scrollTop + this.#container.clientHeight) / this.#rowHeight) + overscan);
    for (const [number, row] of this.#drawn) if (number < first || number >= last) { row.remove(); this.#drawn.delete(number); }
    for (let number = first; number < last && this.#tokens.length > 0; number++) {
      if (this.#drawn.has(number)) continue;
      const row = el("div", { class: "token-row", role: "presentation" });
      row.style.transform = `translateY(${number * this.#rowHeight}px)`;
      for (let i = this.#starts[number]; i < (this.#starts[number + 1] ?? this.#tokens.length); i++) row.append(this.#token(i));
      this.#drawn.set(number, row);
      this.#room.append(row);
    }
  }

  #token(place) {
    const entry = this.entry(place), { parts, isRaw } = this.#spelled[this.#tokens[place]];
    const special = entry.kind === "Control" || entry.kind === "Unknown" || entry.kind === "UserDefined";
    const kinds = ["token", `tint-${place % 5}`, special ? "special" : "", entry.kind === "Unknown" ? "unknown" : "", isRaw ? "raw" : "", place >= this.#mates[0] && place < this.#mates[1] ? "mate" : ""];
    return el("span", {
      class: kinds.filter(Boolean).join(" "), id: this.#idOf(place), role: "option", title: `id ${entry.id} · ${spacedHex(entry.bytes)}`, data: { place },
      aria: { selected: place === this.#picked ? "true" : "false", setsize: this.#tokens.length, posinset: place + 1, label: `${special ? "special token " : ""}${quoted(entry.bytes)}, id ${entry.id}` },
    }, parts.map(part => part.isSign ? el("span", { class: "sign" }, part.text) : part.text));
  }

  #rowOf(place) {
    let low = 0, high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= place) low = middle; else high = middle - 1;
    }
    return low;
  }

  #reveal() {
    const top = this.#rowOf(this.#picked) * this.#rowHeight, view = this.#container;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + 2 * this.#rowHeight > view.scrollTop + view.clientHeight) view.scrollTop = top + 2 * this.#rowHeight - view.clientHeight;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = this.#rowOf(Math.max(0, this.#picked)), page = Math.max(1, Math.floor(this.#container.clientHeight / this.#rowHeight) - 1);
    const inRow = rows => this.#starts[Math.max(0, Math.min(this.#starts.length - 1, row + rows))] + Math.max(0, this.#picked - this.#starts[row]);
    const to = { ArrowRight: this.#picked + 1, ArrowLeft: this.#picked - 1, ArrowDown: inRow(1), ArrowUp: inRow(-1), PageDown: inRow(page), PageUp: inRow(-page), Home: 0, End: this.#tokens.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.pick(to);
  }
}
