// Where a message is written: text, files that go with it, and how much of the context all of it takes.
import { el, number, bytes, settled } from "../shell/dom.js";
import { countText, countMessages } from "./count.js";
import { attachment } from "./messages.js";

/** Larger files fit into no context that a person's machine has. */
const largestFile = 1 << 20;

/** A pasted text longer than this becomes a file, so that the message stays readable. */
const longestPaste = 6000;

/** The form at the foot. `acts`: { send(content, attachments), editLast(), complain(text), model(), before(): request messages, room(): tokens } */
export class Composer {
  #files = [];
  #asked = 0;

  constructor(root, acts) {
    this.acts = acts;
    this.form = root.querySelector("[data-composer]");
    this.field = root.querySelector("[data-say]");
    this.list = root.querySelector("[data-attachments]");
    this.sendButton = root.querySelector("[data-send]");
    this.context = root.querySelector("[data-context]");
    this.recount = settled(200, () => this.#count());
    const files = root.querySelector("[data-files]");
    root.querySelector("[data-attach]").addEventListener("click", () => files.click());
    files.addEventListener("change", () => { this.attach([...files.files]); files.value = ""; });
    this.form.addEventListener("submit", event => { event.preventDefault(); this.#send(); });
    this.field.addEventListener("input", () => { this.#ready(); this.recount(); });
    this.field.addEventListener("keydown", event => this.#key(event));
    this.field.addEventListener("paste", event => this.#paste(event));
    for (const type of ["dragenter", "dragover"]) root.addEventListener(type, event => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.form.classList.add("dropping");
    });
    root.addEventListener("dragleave", event => { if (!root.contains(event.relatedTarget)) this.form.classList.remove("dropping"); });
    root.addEventListener("drop", event => {
      this.form.classList.remove("dropping");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.attach([...event.dataTransfer.files]);
    });
    this.#ready();
  }

  focus() { this.field.focus({ preventScroll: true }); }

  /** Empties the form, for another conversation. */
  clear() {
    this.field.value = "";
    this.#files = [];
    this.#draw();
  }

  /** Puts back what could not be sent. */
  restore(content, files) {
    this.field.value = content;
    this.#files = files;
    this.#draw();
  }

  /** Whether an answer is coming: then there is nothing to send. */
  set busy(value) {
    this.isBusy = value;
    this.#ready();
  }

  /** Adds files, refusing what is not text. */
  async attach(files) {
    for (const file of files) {
      if (file.size > largestFile) { this.acts.complain(`${file.name} has ${bytes(file.size)}; a file may have ${bytes(largestFile)}, for all of it must fit into the context.`); continue; }
      let text;
      try { text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()); } catch { text = null; }
      if (text === null || text.includes("\0")) { this.acts.complain(`${file.name} is not text in UTF-8. Save it as plain text first.`); continue; }
      await this.#add({ name: file.name, text, bytes: file.size });
    }
    this.focus();
  }

  async #add(file) {
    this.#files.push(file);
    this.#draw();
    try { file.tokens = await countText(this.acts.model(), file.text); } catch { /* The size in bytes stays. */ }
    this.#draw();
  }

  #draw() {
    this.list.replaceChildren(...this.#files.map(file => attachment(file, () => {
      this.#files = this.#files.filter(other => other !== file);
      this.#draw();
      this.focus();
    })));
    this.list.hidden = this.#files.length === 0;
    this.#ready();
    this.recount();
  }

  #ready() {
    this.sendButton.disabled = this.isBusy || !this.acts.model() || (this.field.value.trim() === "" && this.#files.length === 0);
  }

  /** Call it when there is a model now. */
  refresh() { this.#ready(); this.recount(); }

  #send() {
    if (this.sendButton.disabled) return;
    const content = this.field.value.trim(), files = this.#files;
    this.clear();
    this.acts.send(content, files);
  }

  #key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && this.field.value === "" && !event.altKey) {
      if (this.acts.editLast()) event.preventDefault();
    }
  }

  #paste(event) {
    const files = [...event.clipboardData.files], text = event.clipboardData.getData("text/plain");
    if (files.length > 0) {
      event.preventDefault();
      this.attach(files);
    } else if (text.length > longestPaste) {
      event.preventDefault();
      this.#add({ name: `pasted-${this.#files.length + 1}.txt`, text, bytes: new TextEncoder().encode(text).length });
    }
  }

  async #count() {
    const model = this.acts.model(), asked = ++this.#asked;
    if (!model) return this.show(0, 0);
    const draft = { content: this.field.value.trim(), attachments: this.#files };
    try {
      const count = await countMessages(model.id, this.acts.before(draft));
      if (asked === this.#asked) this.show(count, model.context);
    } catch { /* The count before stays; sending will say what is wrong. */ }
  }

  /** Shows the use of the context. */
  show(count, room) {
    this.counted = count;
    this.context.querySelector("[data-context-text]").textContent = room > 0 ? `${number(count)} of ${number(room)} tokens` : `${number(count)} tokens`;
    const bar = this.context.querySelector("[data-context-bar]");
    bar.hidden = !room;
    bar.value = room > 0 ? Math.min(1, count / room) : 0;
    this.context.classList.toggle("full", room > 0 && count > room * 0.95);
    this.context.title = room > 0 && count > room ? "This is more than fits: start a new conversation, or take something out." : "What the model reads with the next message, and how much it can read";
  }
}
