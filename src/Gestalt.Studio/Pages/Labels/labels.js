// The Labels page: one task after the other, each with a key. Whose answers are shown is not known here.
import { el, icon, announce, number } from "../shell/dom.js";
import { json } from "../shell/api.js";
import { MarkdownView } from "../chat/markdown.js";

const root = document.querySelector("[data-labels]");
const part = name => root.querySelector(`[data-${name}]`);
let task = null, busy = false;

const guide = part("guide-text").textContent;
const guideView = el("div");
part("guide-text").replaceChildren(guideView);
new MarkdownView(guideView).update(guide);

const who = () => part("who").value.trim();
const titles = { write: "Write the ideal answer", edit: "Make the draft good", pick: "Which answer is better?" };

function fail(problem) {
  part("problem").hidden = problem === null;
  part("problem").replaceChildren(...(problem === null ? [] : [icon("warning"), el("span", {}, problem.message)]));
}

/** Shows what the server sent: a task, or that there is none. */
function show({ task: next, progress, answer }) {
  task = next ?? null;
  part("task").hidden = task === null;
  part("empty").hidden = task !== null;
  if (task === null) {
    part("empty").textContent = progress.all === 0
      ? "There are no such tasks yet. Make some in a terminal: gestalt label add --data PROMPTS"
      : `All ${number(progress.all)} tasks are done. Thank you, ${who()}!`;
    announce(part("empty").textContent);
    return;
  }
  part("title").textContent = `${titles[task.kind]} · ${number(Math.min(progress.done + 1, progress.all))} of ${number(progress.all)}`;
  part("prompt").replaceChildren(...task.prompt.map(message => el("div", {}, message.role === "user" ? null : el("small", {}, message.role), message.content)));
  const picks = task.kind === "pick";
  part("pair").hidden = !picks;
  part("written").hidden = picks;
  if (picks) {
    part("left").textContent = task.answers[0];
    part("right").textContent = task.answers[1];
    part("title").focus({ preventScroll: true });
  } else {
    part("ideal-label").textContent = task.kind === "edit" ? "The draft, made good" : "The ideal answer";
    part("ideal").value = answer ?? task.answers[0] ?? "";
    part("ideal").focus();
  }
  announce(part("title").textContent);
}

/** Asks the server and shows what comes; one thing at a time, so that a key pressed twice is not two labels. */
async function work(ask) {
  if (busy) return;
  busy = true;
  fail(null);
  try {
    show(await ask());
  } catch (problem) { fail(problem); } finally { busy = false; }
  agreement().catch(fail);
}

const query = () => new URLSearchParams({ by: who(), kind: part("kind").value });
const next = () => work(() => json("GET", `/studio/labels/next?${query()}`));
const label = words => task && work(() => json("POST", `/studio/labels/?${new URLSearchParams({ kind: part("kind").value })}`, { by: who(), task: task.id, ...words }));
const undo = () => work(() => json("GET", `/studio/labels/last?${query()}`));

async function agreement() {
  const found = await json("GET", "/studio/labels/agreement");
  const rows = [...found.pairs, ...(found.everybody ? [found.everybody] : [])].filter(row => row.items > 0);
  const share = value => value === undefined ? "–" : `${(100 * value).toFixed(0)} %`, kappa = value => value === undefined ? "–" : value.toFixed(2);
  part("agreement").hidden = rows.length === 0;
  part("agreement-empty").hidden = rows.length > 0;
  part("agreement").replaceChildren(
    el("thead", {}, el("tr", {}, ["Who", "κ", "95 % interval", "Agree", "By chance", "Tasks"].map(head => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map(row => el("tr", {}, el("th", { scope: "row" }, row.who), el("td", {}, kappa(row.value)), el("td", {}, row.value === undefined ? "–" : `${kappa(row.low)} to ${kappa(row.high)}`),
      el("td", {}, share(row.observed)), el("td", {}, share(row.expected)), el("td", {}, number(row.items))))));
}

part("who").value = localStorage.getItem("gestalt-labeller") ?? "";
part("who-form").addEventListener("submit", event => {
  event.preventDefault();
  localStorage.setItem("gestalt-labeller", who());
  next();
});
// Another name would see other sides: a task on the screen is only for the one who asked for it.
part("who").addEventListener("input", () => { task = null; part("task").hidden = true; });
part("kind").addEventListener("change", () => { if (task !== null) next(); });
for (const button of root.querySelectorAll("[data-better]")) button.addEventListener("click", () => label({ better: button.dataset.better }));
part("written").addEventListener("submit", event => { event.preventDefault(); label({ answer: part("ideal").value }); });
part("ideal").addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) { event.preventDefault(); part("written").requestSubmit(); }
});
part("skip").addEventListener("click", () => label({ skip: true }));
part("undo").addEventListener("click", undo);
part("guide").addEventListener("click", () => part("guide-dialog").showModal());
part("close").addEventListener("click", () => part("guide-dialog").close());

document.addEventListener("keydown", event => {
  if (task === null || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  const key = event.key.toLowerCase();
  const better = task.kind === "pick" ? { arrowleft: "left", arrowright: "right", arrowup: "tie", arrowdown: "bad" }[key] : undefined;
  if (better) label({ better });
  else if (key === "s") label({ skip: true });
  else if (key === "u") undo();
  else return;
  event.preventDefault();
});

agreement().catch(fail).then(() => { root.dataset.ready = ""; });
