// Tools that a model may ask for: which of them it is told of, and whether each call may run.
import { el, icon, announce } from "../shell/dom.js";
import { json } from "../shell/api.js";

/** Tools as requests describe them: those of the names that the model may be told of. */
export const described = (known, names) => known.filter(tool => names.includes(tool.name) && tool.permission !== "never")
  .map(({ name, description, parameters }) => ({ type: "function", function: { name, description, parameters } }));

/** The tools that this server knows. */
export class Tools {
  #known = [];
  #servers = [];

  constructor(button, chosen, choose) {
    Object.assign(this, { button, chosen, choose });
    button.addEventListener("click", () => this.#open());
  }

  /** Asks the server which tools there are. */
  async load() {
    try {
      ({ tools: this.#known, servers: this.#servers = [] } = await json("GET", "/studio/tools"));
    } catch (problem) {
      [this.#known, this.#servers] = [[], [{ name: "Tools", problems: [problem.message] }]];
    }
    this.draw();
  }

  draw() {
    this.button.hidden = this.#known.length + this.#servers.length === 0;
    const count = this.offered(this.chosen()).length;
    this.button.setAttribute("aria-label", count === 0 ? "Tools: none" : `Tools: ${count}`);
    this.button.setAttribute("aria-pressed", String(count > 0));
  }

  /** The chosen tools as requests describe them. */
  offered(names) {
    return described(this.#known, names);
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
      if (document.activeElement?.matches("[data-say], body")) document.querySelector(".asks .primary")?.focus();
    });
    delete call.waits;
    if (decision === "no") return { content: "The user did not allow this call.", refused: true };
    call.running = true;
    redraw();
    try {
      const { content, isError, refused } = await json("POST", "/studio/tools/call", { name: call.name, arguments: call.arguments, always: decision === "always" }, { signal });
      if (decision === "always") tool.permission = "always";
      return { content, ...(isError ? { isError } : {}), ...(refused ? { refused } : {}) };
    } catch (problem) {
      return { content: problem.message, isError: true };
    } finally {
      delete call.running;
    }
  }

  #open() {
    const chosen = new Set(this.chosen()), problems = this.#servers.flatMap(server => (server.problems ?? []).map(problem => el("p", { class: "note alarm" }, problem)));
    const dialog = el("dialog", { aria: { labelledby: "tools-title" }, onClose: () => { dialog.remove(); this.draw(); if (document.activeElement === document.body) this.button.focus(); } },
      el("div", { class: "dialog-head" }, el("h2", { id: "tools-title" }, "Tools"), el("form", { method: "dialog" }, el("button", { class: "icon-button", aria: { label: "Close" } }, icon("close")))),
      el("div", { class: "dialog-body" }, el("p", { class: "quiet" }, this.#known.length > 0 ? "The model is told of those that are ticked." : "No server offers a tool."), problems,
        el("ul", { class: "tool-list" }, this.#known.map(tool => this.#row(tool, chosen)))));
    document.body.append(dialog);
    dialog.showModal();
  }

  #row(tool, chosen) {
    const tick = el("input", { type: "checkbox", checked: chosen.has(tool.name), onChange: event => {
      if (event.target.checked) chosen.add(tool.name);
      else chosen.delete(tool.name);
      this.choose([...chosen]);
    } });
    const permission = el("select", { class: "select", aria: { label: `May ${tool.name} run?` }, onChange: async event => {
      const wanted = event.target.value;
      try {
        await json("PUT", `/studio/tools/${encodeURIComponent(tool.name)}/permission`, { permission: wanted });
        tool.permission = wanted;
      } catch (problem) {
        event.target.value = tool.permission;
        announce(problem.message);
      }
    } }, [["ask", "Asks each time"], ["always", "Always"], ["never", "Never"]].map(([value, text]) => el("option", { value, selected: value === tool.permission }, text)));
    return el("li", {}, el("label", {}, tick, el("code", {}, tool.name), el("span", { class: "hint" }, tool.description)), permission);
  }
}
