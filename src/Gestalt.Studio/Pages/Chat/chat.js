// A conversation with a model: what is said, asked, stopped, branched and kept.
import { el, announce, popup } from "../shell/dom.js";
import { json } from "../shell/api.js";
import { Conversation, asRequest, fullText, titleOf } from "./tree.js";
import { MessageView } from "./messages.js";
import { Composer } from "./composer.js";
import { History } from "./history.js";
import { Dials } from "./dials.js";
import { Tools } from "./tools.js";
import { complete } from "./completion.js";
import { asMarkdown, download, fileName } from "./export.js";
import { bindShortcuts } from "./shortcuts.js";
import { bindPanels } from "./panels.js";

/** What may be wrong with an answer. */
const reasons = ["It is wrong", "It is made up", "It does not answer", "It repeats itself or breaks off", "It should not be said"];

/** So many calls of tools in a row are enough; a model that goes on is going round in circles. */
const mostSteps = 16;

const root = document.querySelector("[data-chat]"), part = name => root.querySelector(`[data-${name}]`);
const scroller = part("scroller"), list = part("messages"), welcome = part("welcome"), title = part("title"), picker = part("model");
const toEnd = part("to-end"), problemBox = part("problem"), stopButton = part("stop");

/** Whether this server logs what is said, which it does only if it was told to. */
const logs = Boolean(root.dataset.log);

let conversation = new Conversation(), views = new Map(), running = null, models = [], follows = true;

const model = () => models.find(one => one.id === picker.value) ?? null;
const panels = bindPanels(root);
const tools = new Tools(part("tools"), () => conversation.tools, names => { conversation.tools = names; keepSoon(); });
const dials = new Dials(root, () => { takeDials(); composer.recount(); keepSoon(); });
const history_ = new History(root, { open: id => open(id, true), renamed: rename, deleted: id => { if (conversation.stored?.id === id) { conversation.stored = null; begin(); } }, exported: exportStored });
const composer = new Composer(root, { send: say, editLast, complain, model, before: draft => requestMessages(conversation.path(), draft) });

const acts = {
  copy: message => copy(message.role === "user" ? fullText(message) : message.content),
  edit: (message, text) => edit(message, text),
  again: message => { if (!running) answer(message.parent); },
  branch: (message, step) => branch(message, step),
  decide: (call, decision) => call.waits?.(decision),
  inside: message => { void lookInside(message); },
  ...(logs ? { flag: (message, button) => flag(message, button) } : {}),
};

// What is shown.

function draw() {
  const path = conversation.path(), shown = path.filter(message => message.role !== "tool"), old = views;
  views = new Map(shown.map(message => [message.id, old.get(message.id) ?? new MessageView(message, acts, contextOf(message, path))]));
  for (const message of shown) views.get(message.id).update(contextOf(message, path));
  const elements = shown.map(message => views.get(message.id).element);
  elements.forEach((element, at) => { if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null); });
  while (list.children.length > elements.length) list.lastElementChild.remove();
  title.textContent = conversation.title || "New conversation";
  document.title = `${conversation.title || "Chat"} · Gestalt`;
  greet(shown.length === 0);
  stopButton.hidden = !running;
  part("send").hidden = Boolean(running);
  settle();
}

function contextOf(message, path) {
  return {
    busy: running?.message === message, locked: Boolean(running), branches: conversation.children(message.parent),
    results: new Map(path.filter(other => other.role === "tool").map(other => [other.call, other])),
  };
}

function greet(isEmpty) {
  welcome.hidden = !isEmpty;
  if (!isEmpty) return;
  const its = model();
  welcome.replaceChildren(...(its
    ? [el("h2", {}, `Talk with ${its.id}`), el("p", {}, !its.answers ? "A base model: it was never taught to answer, and goes on with what you write." : logs ? `It runs on this machine. What you say is logged there, in ${root.dataset.log}.` : "It runs on this machine. What you say stays here."),
      el("ul", { class: "facts" }, (its.facts ?? []).map(fact => el("li", { class: "tag" }, fact)))]
    : [el("h2", {}, "No model is here yet"), el("p", {}, "There is nobody to talk with. Let a small one be born on this machine (a minute is enough to see how), or pull one that others have made; then come back, it will be here."),
      el("p", { class: "row" }, el("a", { class: "button primary", href: "/runs" }, "Begin a life"), el("a", { class: "button", href: "/models" }, "Pull a model"))]));
}

/** Stays at the end while the end is looked at. */
function settle() {
  if (follows) scroller.scrollTop = scroller.scrollHeight;
  toEnd.hidden = follows || scroller.scrollHeight - scroller.clientHeight < 8;
}

scroller.addEventListener("scroll", () => {
  follows = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
  toEnd.hidden = follows;
}, { passive: true });
new ResizeObserver(settle).observe(list);
new ResizeObserver(settle).observe(scroller);
toEnd.addEventListener("click", () => { follows = true; settle(); composer.focus(); });

function complain(text, action) {
  problemBox.hidden = !text;
  problemBox.replaceChildren(el("span", {}, text ?? ""), ...(action ? [action] : []), el("button", { type: "button", class: "button plain", onClick: () => { complain(null); composer.focus(); } }, "Close"));
}

// What is said and answered.

function requestMessages(path, draft) {
  const messages = asRequest(conversation.system, path);
  if (draft && (draft.content || draft.attachments.length)) messages.push({ role: "user", content: fullText(draft) });
  return messages;
}

async function say(content, attachments) {
  complain(null);
  if (!conversation.title) conversation.title = titleOf(content || attachments[0].name);
  const message = conversation.add(conversation.path().at(-1)?.id ?? null, {
    role: "user", content, ...(attachments.length ? { attachments: attachments.map(({ name, text }) => ({ name, text })), fileTokens: attachments.map(file => file.tokens ?? null) } : {}),
  });
  await answer(message.id);
}

async function edit(message, text) {
  if (running) return;
  const { id, parent, created, ...rest } = message;
  const changed = conversation.add(parent, { ...rest, content: text, ...(message.role === "user" ? {} : { usage: null, finish: "stop", reasoning: "", ids: [] }) });
  if (message.role === "user") return answer(changed.id);
  draw();
  views.get(changed.id).element.focus();
  await keep();
}

function branch(message, step) {
  const branches = conversation.children(message.parent), other = branches[branches.indexOf(message) + step];
  if (!other || running) return;
  follows = false;
  conversation.show(other);
  draw();
  const view = views.get(other.id);
  view.element.scrollIntoView({ block: "nearest" });
  (view.element.querySelector(`.branches button:nth-of-type(${step < 0 ? 1 : 2}):not(:disabled)`) ?? view.element).focus({ preventScroll: true });
  announce(`Branch ${branches.indexOf(other) + 1} of ${branches.length}`);
  composer.recount();
  keepSoon();
}

/** Lets the model answer a message, and goes on while it calls tools. */
async function answer(parent) {
  const its = model();
  if (!its || running) return;
  follows = true;
  const home = conversation, stop = new AbortController();
  conversation.model = its.id;
  for (let step = 0; step < mostSteps; step++) {
    const offered = tools.offered(home.tools);
    const message = home.add(parent, { role: "assistant", content: "", model: its.id });
    running = { stop, message };
    composer.busy = true;
    draw();
    if (step === 0) void keep(home);
    const problem = await stream(home, parent, message, its, offered, stop.signal);
    if (problem?.partial?.pieces === 0 && problem.name !== "AbortError") home.remove(message);
    if (problem) { end(message, problem); break; }
    if (message.toolCalls?.length > 0) parent = await runTools(home, message, stop.signal);
    if (!(message.toolCalls?.length > 0) || parent === null) { end(message); break; }
    if (step === mostSteps - 1) end(message, new Error(`The model called tools ${mostSteps} times in a row. Say something to let it go on.`));
  }
  await keep(home);
  void history_.load();

  function end(last, problem) {
    if (running?.stop === stop) running = null;
    if (home !== conversation) return; // another conversation is shown by now; what came is kept all the same
    composer.busy = false;
    draw();
    if (problem && problem.name !== "AbortError") complain(problem.message);
    announce(problem ? problem.name === "AbortError" ? "Stopped" : "" : `${its.id} answered: ${spoken(last)}`);
    composer.recount();
  }
}

/** One answer of the model, drawn once a frame; the problem that ended it, or null. */
async function stream(home, parent, message, its, offered, signal) {
  let drawn = true;
  const before = composer.counted ?? 0;
  const show = partial => {
    const { id: answer, content, reasoning, toolCalls, finish, usage, ids, firstMs, totalMs, thoughtMs } = partial;
    Object.assign(message, { ...(logs ? { answer } : {}), content, ids, firstMs, totalMs, thoughtMs, finish, usage, ...(reasoning ? { reasoning } : {}), ...(toolCalls.length ? { toolCalls: toolCalls.filter(Boolean) } : {}) });
  };
  try {
    const body = { model: its.id, messages: asRequest(home.system, home.upTo(parent)), ...home.sampling, ...(offered.length ? { tools: offered } : {}) };
    show(await complete(body, signal, partial => {
      show(partial);
      if (!drawn) return;
      drawn = false;
      requestAnimationFrame(() => {
        drawn = true;
        if (home !== conversation) return;
        views.get(message.id)?.update(contextOf(message, home.path()));
        composer.show(before + partial.pieces, its.context);
        settle();
      });
    }));
    return null;
  } catch (problem) {
    if (problem.partial) show(problem.partial);
    message.finish = problem.name === "AbortError" ? "stopped" : "error";
    message.problem = problem.message;
    return problem;
  }
}

/** Runs the tools that an answer asks for, each once the user allows it; the last message then, null if the user stopped. */
async function runTools(home, message, signal) {
  let parent = message.id;
  const redraw = () => { if (home === conversation) draw(); };
  running = { ...running, message: null };
  for (const call of message.toolCalls) {
    const result = await tools.run(call, signal, redraw);
    if (signal.aborted) return null;
    parent = home.add(parent, { role: "tool", call: call.id, name: call.name, ...result }).id;
    redraw();
  }
  return parent;
}

/** The beginning of an answer, for those who hear it. */
const spoken = message => message.content.length <= 600 ? message.content : `${message.content.slice(0, 600)} …`;

stopButton.addEventListener("click", stop);

function stop() {
  if (!running) return false;
  running.stop.abort();
  composer.focus();
  return true;
}

/** Goes to the Inside page with an answer, which is in the store by then: there each of its tokens can be picked. */
async function lookInside(message) {
  await keep();
  location.href = `/inside?${new URLSearchParams({ model: message.model, conversation: conversation.stored.id, message: message.id })}`;
}

/** Lets a person say what is wrong with an answer, in the log of this server. */
function flag(message, button) {
  const tell = why => async () => {
    try {
      await json("POST", "/studio/flags", { answer: message.answer, why });
      message.flag = why;
      draw();
      views.get(message.id)?.element.querySelector(".acts [aria-pressed]")?.focus();
      announce(why ? "Flagged" : "No longer flagged");
      keepSoon();
    } catch (problem) {
      complain(problem.message);
    }
  };
  popup(button, "What is wrong with this answer?", [...reasons.map(why => ["flag", why, tell(why)]), ...(message.flag ? [["check", "Nothing after all", tell(null)]] : [])]);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied");
  } catch {
    complain("The browser does not let this page write to the clipboard.");
  }
}

function editLast() {
  const last = conversation.path().findLast(message => message.role === "user");
  if (!last || running) return false;
  views.get(last.id).edit();
  return true;
}

// What is kept.

/** Of what is sent while a page is left, browsers let through 64 KiB. */
const mostKeptAlive = 48_000;

let keeping = Promise.resolve(), writing = 0, soon = 0;

/** Says in the page whether the store has everything. */
const tellKept = () => { root.dataset.kept = writing === 0 && soon === 0 ? "yes" : "no"; };

/** Puts a conversation into the store, one change after the other; nothing where nothing has changed, or where it was deleted meanwhile. */
function keep(home = conversation) {
  if (home === conversation) {
    clearTimeout(soon);
    soon = 0;
  }
  if (home.messages.length === 0 || home.stored === null) {
    tellKept();
    return keeping;
  }
  if (!home.stored) {
    home.stored = { id: crypto.randomUUID(), version: 0 };
    if (home === conversation) {
      window.history.replaceState(null, "", `/chat/${home.stored.id}`);
      history_.select(home.stored.id);
    }
  }
  const place = home.stored;
  writing++;
  tellKept();
  return keeping = keeping.then(async () => {
    const document = JSON.stringify(home, (key, value) => key === "waits" || key === "running" ? undefined : value);
    try {
      if (document === place.kept) return;
      place.version = (await json("PUT", `/studio/conversations/${place.id}`, JSON.parse(document), { headers: { "If-Match": `"${place.version}"` }, keepalive: document.length < mostKeptAlive })).version;
      place.kept = document;
    } catch (problem) {
      if (home !== conversation) complain(`“${home.title}” could not be kept: ${problem.message}`);
      else if (problem.status === 409) complain("This conversation was changed in another window.", el("button", { type: "button", class: "button", onClick: () => open(place.id, false) }, "Show that"));
      else complain(`It could not be kept: ${problem.message}`);
    } finally {
      writing--;
      tellKept();
    }
  });
}

function keepSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => {
    soon = 0;
    if (conversation.stored && !running) void keep();
    else tellKept();
  }, 600);
  tellKept();
}

/** What was changed a moment ago, and what an answer that is left has said so far, is kept before another conversation is shown. */
function leave() {
  if (soon !== 0 && conversation.stored) void keep();
  stop();
}

window.addEventListener("pagehide", leave);

async function open(id, isNew) {
  if (isNew && conversation.stored?.id === id) { // it is shown already
    panels.close("history");
    composer.focus();
    return;
  }
  leave();
  await keeping; // it may be the same conversation
  try {
    const { conversation: document, version } = await json("GET", `/studio/conversations/${encodeURIComponent(id)}`);
    if (isNew) window.history.pushState(null, "", `/chat/${id}`);
    show(Object.assign(new Conversation(document), { stored: { id, version } }));
  } catch (problem) {
    if (problem.status === 404) window.history.replaceState(null, "", "/chat");
    complain(problem.status === 404 ? "This conversation is not in the store any more." : problem.message);
  }
}

function begin() {
  leave();
  if (location.pathname !== "/chat") window.history.pushState(null, "", "/chat");
  const { system, sampling, tools: named } = conversation;
  show(new Conversation({ sampling, system, tools: named }));
}

function show(next) {
  [conversation, running] = [next, null];
  clearTimeout(soon);
  soon = 0;
  tellKept();
  composer.busy = false;
  composer.clear();
  complain(null);
  if (models.some(one => one.id === next.model)) picker.value = next.model;
  dials.write(next);
  tools.draw();
  list.replaceChildren();
  views = new Map();
  follows = true;
  draw();
  history_.select(next.stored?.id ?? null);
  panels.close("history");
  composer.focus();
}

function takeDials() {
  Object.assign(conversation, dials.read());
}

async function rename(id, name) {
  if (conversation.stored?.id === id) {
    conversation.title = name;
    draw();
    await keep();
  } else {
    const { conversation: document, version } = await json("GET", `/studio/conversations/${encodeURIComponent(id)}`);
    await json("PUT", `/studio/conversations/${encodeURIComponent(id)}`, { ...document, title: name }, { headers: { "If-Match": `"${version}"` } });
  }
  announce(`Renamed to ${name}`);
}

async function exportStored(id, form) {
  const its = conversation.stored?.id === id ? conversation : new Conversation((await json("GET", `/studio/conversations/${encodeURIComponent(id)}`)).conversation);
  exportAs(its, form);
}

function exportAs(its, form) {
  if (form === "markdown") download(`${fileName(its.title)}.md`, "text/markdown", asMarkdown(its));
  else download(`${fileName(its.title)}.json`, "application/json", `${JSON.stringify(its, null, 2)}\n`);
}

part("more").addEventListener("click", event => popup(event.currentTarget, "Conversation", [
  ["plus", "New conversation", begin],
  ...(conversation.messages.length === 0 ? [] : [
    ["edit", "Rename", () => { panels.open("history"); history_.rename(conversation.stored.id); }],
    ["copy", "Copy as Markdown", () => copy(asMarkdown(conversation))],
    ["download", "Export as Markdown", () => exportAs(conversation, "markdown")],
    ["download", "Export as JSON", () => exportAs(conversation, "json")],
    ["trash", "Delete", () => history_.delete(conversation.stored.id)],
  ]),
  ["keys", "Shortcuts", () => root.querySelector("#keys").showModal()],
]));
part("new").addEventListener("click", begin);
part("keys").addEventListener("click", () => root.querySelector("#keys").showModal());
picker.addEventListener("change", () => { localStorage.setItem("gestalt-model", picker.value); conversation.model = picker.value; draw(); composer.refresh(); keepSoon(); });
window.addEventListener("popstate", arrive);

const lastAnswer = () => conversation.path().findLast(message => message.role === "assistant");
const looked = () => {
  const element = document.activeElement?.closest(".message");
  return element ? conversation.messages.find(message => message.id === element.dataset.id) : null;
};
bindShortcuts({
  stop, begin, again: () => { const last = lastAnswer(); if (last) acts.again(last); }, copyLast: () => { const last = lastAnswer(); if (last) acts.copy(last); },
  search: () => { panels.open("history"); history_.search.focus(); }, model: () => { picker.focus(); picker.showPicker?.(); }, dials: () => panels.toggle("dials"), attach: () => part("attach").click(),
  compose: () => composer.focus(), keys: () => root.querySelector("#keys").showModal(), closePanel: () => panels.closeTop(),
  branch: step => { const message = looked() ?? conversation.path().findLast(one => conversation.children(one.parent).length > 1); if (message) branch(message, step); },
  message: step => {
    const elements = [...list.children], at = elements.indexOf(document.activeElement?.closest(".message"));
    const next = elements.at(at < 0 ? -1 : Math.max(0, Math.min(elements.length - 1, at + step)));
    next?.focus();
  },
});

// The beginning.

async function loadModels() {
  models = (await json("GET", "/studio/models")).models.filter(one => !one.obstacle);
  picker.replaceChildren(...models.map(one => el("option", { value: one.id }, one.id)));
  picker.disabled = models.length === 0;
  const remembered = localStorage.getItem("gestalt-model");
  if (models.some(one => one.id === remembered)) picker.value = remembered;
}

async function arrive() {
  const id = /^\/chat\/([\w-]+)/.exec(location.pathname)?.[1];
  if (id) await open(id, false);
  else { leave(); show(new Conversation()); }
}

// Who comes back from Models or Runs with the page still open finds what was made there.
window.addEventListener("focus", async () => {
  if (models.length > 0) return;
  try {
    await loadModels();
    if (models.length > 0) { draw(); composer.refresh(); }
  } catch { /* The server is away; sending would say so. */ }
});

try {
  await Promise.all([loadModels(), history_.load(), tools.load()]);
} catch (problem) {
  complain(problem.message);
}
await arrive();
composer.refresh();
