// The conversations of the store: listed by day, searched, renamed, deleted.
import { el, iconButton, popup, confirmed, settled, announce } from "../shell/dom.js";
import { json } from "../shell/api.js";

const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" }), month = new Intl.DateTimeFormat("en", { month: "long", year: "numeric" });

/** The list at the side. `acts`: { open(id), renamed(id, title), deleted(id), exported(id, form) } */
export class History {
  #items = [];
  #asked = 0;
  #isRenaming = false;
  #isStale = false; // something came while a name was being typed, which must not be taken from under the fingers

  constructor(root, acts) {
    this.list = root.querySelector("[data-history]");
    this.empty = root.querySelector("[data-history-empty]");
    this.search = root.querySelector("[data-search]");
    this.acts = acts;
    this.current = null;
    this.search.addEventListener("input", settled(150, () => this.load(true)));
    this.search.addEventListener("keydown", event => {
      if (event.key === "ArrowDown") { event.preventDefault(); this.list.querySelector("a")?.focus(); }
    });
    this.list.addEventListener("keydown", event => this.#move(event));
  }

  /** Fetches the list anew. */
  async load(aloud = false) {
    const words = this.search.value.trim(), asked = ++this.#asked;
    const { conversations } = await json("GET", `/studio/conversations${words ? `?search=${encodeURIComponent(words)}` : ""}`);
    if (asked !== this.#asked) return;
    this.#items = conversations;
    this.draw();
    if (aloud) announce(conversations.length === 1 ? "1 conversation" : `${conversations.length} conversations`);
  }

  /** Marks the conversation that is shown. */
  select(id) {
    this.current = id;
    for (const link of this.list.querySelectorAll("a")) {
      if (link.dataset.id === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  draw() {
    if (this.#isStale = this.#isRenaming) return;
    const nodes = [];
    let label = null;
    for (const item of this.#items) {
      const its = dayOf(new Date(item.updated));
      if (its !== label) nodes.push(el("li", { class: "history-day" }, label = its));
      nodes.push(this.#item(item));
    }
    this.list.replaceChildren(...nodes);
    this.empty.hidden = this.#items.length > 0;
    this.empty.textContent = this.search.value.trim() ? "No conversation has these words." : "What you talk about is kept here, on this machine.";
  }

  #item(item) {
    const link = el("a", { href: `/chat/${item.id}`, title: item.title, data: { id: item.id }, aria: { current: item.id === this.current ? "true" : null }, onClick: event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.acts.open(item.id);
    } }, item.title || "Untitled");
    const more = iconButton("more", `More about ${item.title || "this conversation"}`, () => popup(more, "Conversation", [
      ["edit", "Rename", () => this.rename(item.id)],
      ["download", "Export as Markdown", () => this.acts.exported(item.id, "markdown")],
      ["download", "Export as JSON", () => this.acts.exported(item.id, "json")],
      ["trash", "Delete", () => this.delete(item.id)],
    ]), { aria: { label: `More about ${item.title || "this conversation"}`, expanded: "false" } });
    return el("li", { class: "history-item", data: { item: item.id } }, link, more);
  }

  /** Lets the user type another name in place. */
  rename(id) {
    const item = this.#items.find(one => one.id === id), row = this.list.querySelector(`[data-item="${CSS.escape(id)}"]`);
    if (!item || !row) return;
    const field = el("input", { class: "input", aria: { label: "Name of the conversation" }, value: item.title, maxlength: "200" });
    let over = false;
    const end = keep => {
      if (over) return;
      over = true;
      this.#isRenaming = false;
      const title = field.value.trim(), now = this.#items.find(one => one.id === id) ?? item;
      if (keep && title && title !== now.title) this.acts.renamed(id, now.title = title);
      if (this.#isStale) this.draw();
      else row.replaceWith(this.#item(now));
      (this.list.querySelector(`[data-item="${CSS.escape(id)}"] a`) ?? this.search).focus();
    };
    field.addEventListener("keydown", event => {
      if (event.key === "Enter") { event.preventDefault(); end(true); }
      if (event.key === "Escape") { event.stopPropagation(); end(false); }
    });
    field.addEventListener("blur", () => end(true));
    this.#isRenaming = true;
    row.replaceChildren(field);
    field.focus();
    field.select();
  }

  /** Deletes, after asking. */
  async delete(id) {
    const item = this.#items.find(one => one.id === id);
    if (!await confirmed("Delete this conversation?", `“${item?.title || "Untitled"}” and all its branches will be gone for good.`, "Delete")) return;
    await json("DELETE", `/studio/conversations/${encodeURIComponent(id)}`);
    this.acts.deleted(id);
    await this.load();
    announce("Deleted");
    (this.list.querySelector("a") ?? this.search).focus();
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], links = [...this.list.querySelectorAll("a")], at = links.indexOf(document.activeElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    (at + step < 0 ? this.search : links[Math.min(at + step, links.length - 1)]).focus();
  }
}

function dayOf(date) {
  const start = new Date(), days = Math.floor((start.setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  return days <= 0 ? "Today" : days === 1 ? "Yesterday" : days < 7 ? day.format(date) : month.format(date);
}
