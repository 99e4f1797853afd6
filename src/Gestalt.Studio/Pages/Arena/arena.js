// The Arena page. Who is who is not known here either, until the server tells after the vote.
import { el, icon, iconButton, announce, number } from "../shell/dom.js";
import { json, request, events } from "../shell/api.js";
import { MarkdownView } from "../chat/markdown.js";

const root = document.querySelector("[data-arena]");
const part = name => root.querySelector(`[data-${name}]`);
const votes = [...root.querySelectorAll("[data-vote]")];
let battle = null, fighting = null, texts = {}, views = {}, canVote = false;

function fail(problem, where = "problem") {
  part(where).hidden = problem === null;
  part(where).replaceChildren(...(problem === null ? [] : [icon("warning"), el("span", {}, problem.message)]));
}

async function names() {
  const all = await json("GET", "/studio/arena/names");
  for (const select of [part("first"), part("second")]) {
    const before = select.value;
    select.replaceChildren(el("option", { value: "" }, "anyone"), ...all.map(name => el("option", { value: name }, name)));
    if (all.includes(before)) select.value = before;
  }
}

function allow(can) {
  canVote = can;
  for (const vote of votes) vote.disabled = !can;
}

async function ask() {
  fail(null);
  fighting?.abort();
  const own = fighting = new AbortController();
  allow(false);
  try {
    battle = (await json("POST", "/studio/arena/battles", { prompt: part("prompt").value, first: part("first").value, second: part("second").value })).id;
    part("battle").hidden = false;
    part("verdict").hidden = true;
    for (const vote of votes) vote.classList.remove("chosen");
    for (const side of ["left", "right"]) {
      texts[side] = "";
      part(side).classList.remove("better");
      part(`${side}-name`).textContent = side === "left" ? "Left" : "Right";
      const place = el("div", { class: "md" });
      views[side] = new MarkdownView(place);
      part(`${side}-answer`).replaceChildren(el("p", { class: "waiting" }, "thinks …"), place);
    }
    part("stop").hidden = false;
    let failed = false;
    try {
      for await (const data of events(await request("GET", `/studio/arena/battles/${battle}/events`, undefined, { signal: own.signal }))) {
        const piece = JSON.parse(data);
        if (piece.text === undefined) { failed ||= piece.failed; continue; }
        if (texts[piece.side] === "") part(`${piece.side}-answer`).querySelector(".waiting").remove();
        texts[piece.side] += piece.text;
        views[piece.side].update(texts[piece.side]);
      }
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
      await new Promise(resolve => setTimeout(resolve, 300)); // until the server has noticed that nobody listens
    }
    for (const side of ["left", "right"]) part(`${side}-answer`).querySelector(".waiting")?.replaceWith(el("p", { class: "waiting" }, "said nothing"));
    if (failed) { await tell(); return; }
    allow(true);
    announce("Both have answered. Vote with the arrow keys: left, right, up for both good, down for both bad.");
    votes[0].focus({ preventScroll: true });
  } catch (problem) {
    fail(problem);
  } finally {
    if (fighting === own) part("stop").hidden = true;
  }
}

/** After a round that cannot be voted on: why not. */
async function tell() {
  const who = await json("GET", `/studio/arena/battles/${battle}`);
  fail(new Error(`This round does not count. ${[who.left, who.right].map(side => side.problem).filter(Boolean).join(" ")}`));
}

const words = { left: "Left was better", right: "Right was better", tie: "Both were good", bad: "Both were bad" };

async function vote(outcome) {
  if (!canVote) return;
  allow(false);
  try {
    const who = await json("POST", `/studio/arena/battles/${battle}/vote`, { outcome });
    votes.find(button => button.dataset.vote === outcome).classList.add("chosen");
    for (const side of ["left", "right"]) {
      part(side).classList.toggle("better", side === outcome);
      part(`${side}-name`).replaceChildren(who[side].name, ...(who[side].tokens === undefined ? [] : [el("small", {}, ` ${number(who[side].tokens)} tokens`)]));
    }
    const said = part("verdict");
    said.hidden = false;
    said.textContent = `${words[outcome]}. Left was ${who.left.name}, right was ${who.right.name}.`;
    announce(said.textContent);
    said.focus({ preventScroll: true });
    await board();
  } catch (problem) { fail(problem); allow(problem.status !== 409); }
}

part("form").addEventListener("submit", event => { event.preventDefault(); ask(); });
part("prompt").addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); part("form").requestSubmit(); }
});
part("stop").addEventListener("click", () => fighting?.abort());
for (const button of votes) button.addEventListener("click", () => vote(button.dataset.vote));

document.addEventListener("keydown", event => {
  if (!canVote || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  const outcome = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "tie", ArrowDown: "bad" }[event.key];
  // A reader who scrolls through a long answer with the keys does not vote by it.
  if (outcome === undefined || (event.target.closest(".answer") && (outcome === "tie" || outcome === "bad"))) return;
  event.preventDefault();
  vote(outcome);
});

async function board() {
  const { votes: count, standings, remarks } = await json("GET", "/studio/arena/board");
  part("board").hidden = standings.length === 0;
  part("board-empty").hidden = standings.length > 0;
  part("board-about").textContent = standings.length === 0 ? "" : `${number(count)} ${count === 1 ? "vote" : "votes"}. Bradley–Terry ratings on Elo’s scale with 95 % bootstrap intervals; 400 points more win ten times as often.`;
  part("remarks").replaceChildren(...remarks.map(text => el("li", {}, text)));
  const low = Math.min(...standings.map(one => one.low ?? one.rating)), high = Math.max(...standings.map(one => one.high ?? one.rating)), wide = Math.max(1, high - low);
  const place = value => `${(4 + 92 * (value - low) / wide).toFixed(1)}%`;
  const bound = { AtLeast: "≥ ", AtMost: "≤ " };
  part("board").replaceChildren(
    el("thead", {}, el("tr", {}, ["rank", "model", "rating", "interval", "", "votes"].map((text, i) => text === "" ? el("td") : el("th", { scope: "col", class: i === 2 || i === 5 ? "right" : "" }, text)))),
    el("tbody", {}, standings.map(one => {
      const span = el("span", { class: "board-span", aria: { hidden: "true" } });
      for (const [name, value] of [["low", one.low ?? one.rating], ["high", one.high ?? one.rating], ["at", one.rating]]) span.style.setProperty(`--${name}`, place(value));
      return el("tr", {}, el("td", {}, String(one.rank)), el("th", { scope: "row", class: "board-model" }, one.model), el("td", { class: "right" }, `${bound[one.bound] ?? ""}${one.rating.toFixed(0)}`),
        el("td", {}, one.low === undefined ? "–" : `${one.low.toFixed(0)} to ${one.high.toFixed(0)}`), el("td", {}, span), el("td", { class: "right" }, number(one.comparisons)));
    })));
}

// Endpoints.
const dialog = part("endpoints-dialog");
part("endpoints").addEventListener("click", async () => {
  fail(null, "endpoint-problem");
  dialog.showModal();
  try { list(await json("GET", "/studio/arena/endpoints")); } catch (problem) { fail(problem, "endpoint-problem"); }
});
part("close").addEventListener("click", () => dialog.close());
part("endpoint-form").addEventListener("submit", async event => {
  event.preventDefault();
  fail(null, "endpoint-problem");
  try {
    list(await json("PUT", "/studio/arena/endpoints", Object.fromEntries(new FormData(event.target))));
    event.target.reset();
    await names();
    announce("The endpoint was added.");
  } catch (problem) { fail(problem, "endpoint-problem"); }
});

function list(endpoints) {
  part("endpoint-list").replaceChildren(...endpoints.map(one => el("li", {},
    el("span", {}, one.name, el("small", {}, `${one.model} at ${one.url}${one.hasKey ? ", with a key" : ""}`)),
    iconButton("close", `Remove ${one.name}`, async () => {
      try {
        list(await json("DELETE", `/studio/arena/endpoints?name=${encodeURIComponent(one.name)}`));
        await names();
      } catch (problem) { fail(problem, "endpoint-problem"); }
    }))));
}

Promise.all([names(), board()]).catch(fail).then(() => { root.dataset.ready = ""; });
