// What a message looks like, and how it changes while it comes.
import { el, icon, iconButton, bytes, number } from "../shell/dom.js";
import { MarkdownView } from "./markdown.js";

/** A message on the page. `acts` is what can be done with it: { copy, edit, again, branch, decide, inside, flag }. */
export class MessageView {
  #markdown;

  constructor(message, acts, context) {
    Object.assign(this, { message, acts, context });
    this.element = el("li", { class: `message ${message.role}`, tabindex: "-1", data: { id: message.id } });
    this.head = el("h2", { class: message.role === "user" ? "unseen" : "who" }, message.role === "user" ? "You" : message.model ?? "Model");
    this.body = el("div");
    this.acts_ = el("div", { class: "acts" });
    this.element.append(this.head, this.body, this.acts_);
    this.update(context);
  }

  /** Draws what has changed. context: { busy, branches: [message], results: Map(call → tool message), seconds } */
  update(context) {
    this.context = context;
    this.element.classList.toggle("busy", context.busy);
    if (this.editing) return;
    if (this.message.role === "user") this.#user();
    else this.#assistant();
    this.#acts();
  }

  #user() {
    this.body.replaceChildren(...attachmentList(this.message), el("div", { class: "said" }, this.message.content));
    this.body.className = "said-whole";
    this.element.replaceChildren(this.head, ...this.body.childNodes, this.acts_);
  }

  #assistant() {
    const { message, context } = this;
    if (!this.#markdown) {
      this.thought = el("details", { class: "thought", hidden: true }, el("summary", {}, icon("down"), el("span")), el("p", { class: "thinking" }));
      this.text = el("div", { class: "md" });
      this.calls = el("div");
      this.wait = el("span", { class: "waiting", role: "img", aria: { label: "The answer is coming" } });
      this.cut = el("p", { class: "note cut", hidden: true });
      this.body.append(this.thought, this.text, this.calls, this.wait, this.cut);
      this.#markdown = new MarkdownView(this.text);
    }
    this.thought.hidden = !message.reasoning;
    if (message.reasoning) {
      const label = message.content || !context.busy ? message.thoughtMs ? `Thought for ${seconds(message.thoughtMs)}` : "Thought" : "Thinking …";
      this.thought.querySelector("summary span").textContent = label;
      grow(this.thought.lastElementChild, message.reasoning);
    }
    this.#markdown.update(message.content ?? "");
    this.#calls();
    this.wait.hidden = !context.busy || Boolean(message.content) || message.toolCalls?.length > 0;
    const why = { length: "The answer was cut at the longest that was allowed. “How it answers” sets that length.", stopped: "Stopped.", error: message.problem, content_filter: "The answer was withheld." }[message.finish];
    this.cut.hidden = !why || context.busy;
    this.cut.className = `note cut${message.finish === "error" ? " alarm" : ""}`;
    this.cut.textContent = why ?? "";
  }

  #calls() {
    const { message, context, acts } = this, calls = message.toolCalls ?? [];
    const key = JSON.stringify([calls, calls.map(call => context.results.get(call.id)), context.busy]);
    if (key === this.callsKey) return;
    this.callsKey = key;
    this.calls.replaceChildren(...calls.map(call => {
      const result = context.results.get(call.id);
      const state = result ? result.refused ? "not allowed" : result.isError ? "failed" : "done" : call.waits ? "waits for you" : context.busy ? "…" : call.running ? "runs …" : "not run";
      const card = el("details", { class: "call", open: Boolean(call.waits) }, el("summary", {}, icon("tool"), el("span", { class: "name" }, call.name || "…"), el("span", { class: "state" }, state)),
        el("pre", { tabindex: "0", role: "region", aria: { label: "Arguments" } }, pretty(call.arguments)));
      if (call.waits) {
        card.append(el("div", { class: "asks" }, el("p", {}, "May this tool run?"),
          el("button", { type: "button", class: "button", onClick: () => acts.decide(call, "no") }, "No"),
          el("button", { type: "button", class: "button", onClick: () => acts.decide(call, "always") }, "Always"),
          el("button", { type: "button", class: "button primary", onClick: () => acts.decide(call, "once") }, "Once")));
      }
      if (result) card.append(el("pre", { tabindex: "0", role: "region", aria: { label: "Result" } }, pretty(result.content)));
      return card;
    }));
  }

  #acts() {
    const { message, acts, context } = this, row = [];
    const key = JSON.stringify([context.busy, context.locked, message.flag, context.branches.map(branch => branch.id), message.usage, message.totalMs, message.toolCalls?.map(call => Boolean(call.waits || call.running))]);
    if (key === this.actsKey) return;
    this.actsKey = key;
    if (context.branches.length > 1) {
      const at = context.branches.indexOf(message);
      row.push(el("span", { class: "branches", role: "group", aria: { label: "Branches" } },
        iconButton("left", "The branch before", () => acts.branch(message, -1), { disabled: at === 0 || context.locked }),
        el("span", { aria: { label: `Branch ${at + 1} of ${context.branches.length}` }, role: "img" }, `${at + 1}/${context.branches.length}`),
        iconButton("right", "The branch after", () => acts.branch(message, 1), { disabled: at === context.branches.length - 1 || context.locked })));
    }
    if (!context.busy && !message.toolCalls?.some(call => call.waits || call.running)) {
      row.push(iconButton("copy", "Copy", () => acts.copy(message)), iconButton("edit", "Edit", () => this.edit()));
      if (message.role === "assistant") {
        row.push(iconButton("again", "Answer again", () => acts.again(message)));
        if (acts.flag && message.answer) row.push(iconButton("flag", message.flag ? `Flagged: ${message.flag}` : "Something is wrong with this answer", event => acts.flag(message, event.currentTarget), { aria: { label: message.flag ? `Flagged: ${message.flag}` : "Something is wrong with this answer", pressed: String(Boolean(message.flag)), haspopup: "menu" } }));
        if (message.model && (message.content || message.reasoning)) row.push(iconButton("look", "Look inside: why these tokens came", () => acts.inside(message)));
      }
      const facts = factsOf(message);
      if (facts) row.push(el("span", { class: "facts-line" }, facts));
    }
    this.acts_.replaceChildren(...row);
  }

  /** Puts a text field in place of the message. */
  edit() {
    if (this.editing) return;
    this.editing = true;
    const field = el("textarea", { class: "textarea", aria: { label: "The message, changed" } }), close = () => {
      this.editing = false;
      form.replaceWith(...hidden);
      this.element.querySelector("[title=Edit]")?.focus();
    };
    field.value = this.message.content;
    const save = event => {
      event.preventDefault();
      const text = field.value.trim();
      if (text === "") return;
      close();
      this.acts.edit(this.message, text);
    };
    const form = el("form", { class: "editor", onSubmit: save, onKeydown: event => {
      if (event.key === "Escape") { event.stopPropagation(); close(); }
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (this.message.role === "user" && !event.shiftKey && !event.isComposing))) save(event);
    } }, field, el("div", { class: "row" },
      el("button", { type: "button", class: "button plain", onClick: close }, "Cancel"),
      el("button", { type: "submit", class: "button primary" }, this.message.role === "user" ? "Send as a branch" : "Keep as a branch")));
    const hidden = [...this.element.children].filter(child => child !== this.head);
    hidden[0].before(form);
    hidden.forEach(child => child.remove());
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }
}

/** Appends to a text node what is new, so that a selection in it lives on. */
function grow(element, text) {
  const node = element.firstChild ?? element.appendChild(document.createTextNode(""));
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length));
  else node.data = text;
}

const seconds = ms => ms < 995 ? `${Math.round(ms)} ms` : ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;

/** Below this many milliseconds a speed says more about the network's packets than about the model. */
const shortest = 50;

/** Tokens, speed and the wait, where they are known. */
function factsOf({ usage, firstMs, totalMs }) {
  if (!usage?.completion_tokens) return null;
  const count = usage.completion_tokens, facts = [`${number(count)} ${count === 1 ? "token" : "tokens"}`];
  if (count > 1 && totalMs - firstMs >= shortest) facts.push(`${number((count - 1) / (totalMs - firstMs) * 1000)} tokens/s`);
  if (firstMs) facts.push(`first after ${seconds(firstMs)}`);
  return facts.join(" · ");
}

/** JSON over several lines; other text as it is. */
function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

/** The files of a message; each opens in a dialog. */
function attachmentList({ attachments = [], fileTokens = [] }) {
  if (attachments.length === 0) return [];
  return [el("ul", { class: "attachments", aria: { label: "Attached files" } }, attachments.map((file, at) => attachment({ ...file, tokens: fileTokens[at] })))];
}

/** One attached file: its name, its size in tokens, and a way to read it. */
export function attachment(file, remove) {
  return el("li", { class: "attachment" }, icon("file"),
    el("button", { type: "button", class: "open name", title: file.name, onClick: () => openFile(file) }, file.name),
    el("span", { class: "size" }, typeof file.tokens !== "number" ? bytes(new Blob([file.text]).size) : `${number(file.tokens)} tokens`),
    remove && iconButton("close", `Remove ${file.name}`, () => remove(file)));
}

function openFile(file) {
  const dialog = el("dialog", { aria: { label: file.name }, onClose: () => dialog.remove() },
    el("div", { class: "dialog-head" }, el("h2", {}, file.name), el("form", { method: "dialog" }, el("button", { class: "icon-button", aria: { label: "Close" } }, icon("close")))),
    el("div", { class: "dialog-body" }, el("pre", { class: "file-text", tabindex: "0", role: "region", aria: { label: "Text" } }, file.text)));
  document.body.append(dialog);
  dialog.showModal();
}
