// Tools that a model may ask for: which of them it is told of, and whether each call may run.
import { el, icon, announce } from "../shell/dom.js";
import { json } from "../shell/api.js";

/** The tools that this server knows. */
export class Tools {
  #known = [];

  constructor(button, chosen, choose) {
    Object.assign(this, { button, chosen, choose });
    button.addEventListener("click", () => this.#open());
  }

  /** Asks the server which tools there are; none is no mistake. */
  async load() {
    try { this.#known = (await json("GET", "/studio/tools")).tools; } catch { this.#known = []; }
    this.draw();
  }

  draw() {
    this.button.hidden = this.#known.length === 0;
    const count = this.chosen().length;
    this.button.setAttribute("aria-label", count === 0 ? "Tools: none" : `Tools: ${count}`);
    this.button.setAttribute("aria-pressed", String(count > 0));
  }

  /** The chosen tools as requests describe them. */
  async offered(names) {
    return this.#known.filter(tool => names.includes(tool.name)).map(({ name, description, parameters }) => ({ type: "function", function: { name, description, parameters } }));
  }

  /** Runs a call once the user allows it: { content, isError?, refused? }. */
  async run(call, signal, redraw) {
    const tool = this.#known.find(one => one.name === call.name);
    if (!tool) return { content: `There is no tool '${call.name}'.`, isError: true };
    const decision = tool.permission === "always" ? "once" : await new Promise(resolve => {
      call.waits = resolve;
      signal.addEventListener("abort", () => resolve("no"), { once: true });
      redraw();
      announce(`The model asks to run ${call.name}. May it?`);
      if (document.activeElement?.matches("[data-say], body")) document.querySelector(".asks button.primary")?.focus();
    });
    delete call.waits;
    if (decision === "no") return { content: "The user did not allow this call.", refused: true };
    call.running = true;
    redraw();
    try {
      if (decision === "always") tool.permission = "always";
      const { content, isError } = await json("POST", "/studio/tools/call", { name: call.name, arguments: call.arguments, always: decision === "always" }, { signal });
      return { content, isError };
    } catch (problem) {
      return { content: problem.message, isError: true };
    } finally {
      delete call.running;
    }
  }

  #open() {
    const chosen = new Set(this.chosen());
    const dialog = el("dialog", { aria: { labelledby: "tools-title" }, onClose: () => { dialog.remove(); this.draw(); this.button.focus(); } },
      el("div", { class: "dialog-head" }, el("h2", { id: "tools-title" }, "Tools"), el("form", { method: "dialog" }, el("button", { class: "icon-button", aria: { label: "Close" } }, icon("close")))),
      el("div", { class: "dialog-body" }, el("p", { class: "quiet" }, "The model is told of those that are ticked. Each call asks you first."),
        el("ul", { class: "tool-list" }, this.#known.map(tool => el("li", {}, el("label", {},
          el("input", { type: "checkbox", checked: chosen.has(tool.name), onChange: event => {
            if (event.target.checked) chosen.add(tool.name);
            else chosen.delete(tool.name);
            this.choose([...chosen]);
          } }), el("code", {}, tool.name), el("span", { class: "hint" }, tool.description)))))));
    document.body.append(dialog);
    dialog.showModal();
  }
}
