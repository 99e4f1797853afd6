// The Tokens page: what is typed goes to the server, what comes back is drawn; the newest answer wins.
import { el, icon, number, announce, settled } from "../shell/dom.js";
import { json } from "../shell/api.js";
import { TokenView } from "./view.js";
import { Trace } from "./trace.js";

const root = document.querySelector("[data-tokens]");
const part = (name, within = root) => within.querySelector(`[data-${name}]`);
const text = part("text"), trace = new Trace(part("trace"));
const kinds = { ByteLevelBpe: "byte-level BPE", SentencePieceBpe: "SentencePiece BPE", Unigram: "unigram", WordPiece: "WordPiece" };

text.value = "The lighthouse keeper’s daughter counted 42 ships.\n\tnaïve café, 漢字, 😀 — and <|im_end|> ends a message.";

function fail(problem) {
  part("problem").hidden = problem === null;
  part("problem").replaceChildren(...(problem === null ? [] : [icon("warning"), el("span", {}, problem.message)]));
}

const panes = [...root.querySelectorAll("[data-pane]")].map(section => {
  const pane = { section, model: part("model", section), answer: null, ask: null };
  pane.view = new TokenView(part("view", section), section.dataset.pane, place => tracePicked(pane, place));
  pane.model.addEventListener("change", () => { trace.hide(); cut(pane); });
  return pane;
});
const wanted = new URLSearchParams(location.search).get("model");
if (wanted && [...panes[0].model.options].some(option => option.value === wanted)) panes[0].model.value = wanted;
if (panes[1].model.options.length > 1) panes[1].model.selectedIndex = panes[0].model.selectedIndex === 1 ? 0 : 1;

const body = pane => ({ model: pane.model.value, text: text.value, specials: part("specials").checked });

async function cut(pane) {
  if (pane.section.hidden || pane.model.value === "") return;
  pane.ask?.abort();
  const own = pane.ask = new AbortController();
  try {
    const answer = await json("POST", "/studio/tokens/", body(pane), { signal: own.signal });
    pane.answer = answer;
    fail(null);
    pane.view.show(answer.tokens, answer.table);
    figures(pane, answer);
  } catch (problem) { if (problem.name !== "AbortError") fail(problem); }
}

function figures(pane, answer) {
  const special = new Set(answer.table.flatMap((entry, i) => entry.kind === "Control" || entry.kind === "Unknown" ? [i] : []));
  const specials = special.size === 0 ? 0 : answer.tokens.reduce((sum, token) => sum + (special.has(token) ? 1 : 0), 0);
  const numbers = [
    [number(answer.tokens.length), answer.tokens.length === 1 ? "token" : "tokens"],
    [number(answer.bytes), "bytes"],
    [answer.tokens.length === 0 ? "–" : (answer.bytes / answer.tokens.length).toFixed(2), "bytes a token"],
    [number(answer.table.length), "different ones"],
    specials === 0 ? null : [number(specials), "special or unknown"],
    [number(answer.vocabulary), `in the vocabulary, ${kinds[answer.kind] ?? answer.kind}`],
  ].filter(Boolean);
  part("figures", pane.section).replaceChildren(...numbers.map(([value, name]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

let tracing = null;
async function tracePicked(pane, place) {
  tracing?.abort();
  const own = tracing = new AbortController();
  const entry = pane.view.entry(place);
  try {
    const word = await json("POST", "/studio/tokens/trace", { ...body(pane), token: place }, { signal: own.signal });
    const length = word.steps.reduce((sum, step) => sum + step.made.length - step.taken, word.start.length);
    pane.view.mark(word.firstToken, length);
    trace.show(entry, place, word);
  } catch (problem) {
    if (problem.name !== "AbortError") trace.show(entry, place, null, problem.message);
  }
}

function cutAll() {
  trace.hide();
  return Promise.all(panes.map(cut));
}

// A long text takes a moment to send: the pause after the last key grows with it.
const soon = settled(60, cutAll), later = settled(350, cutAll);
text.addEventListener("input", () => (text.value.length > 100_000 ? later : soon)());
part("specials").addEventListener("change", cutAll);
part("compare").addEventListener("change", event => {
  panes[1].section.hidden = !event.target.checked;
  announce(event.target.checked ? "A second vocabulary is shown." : "One vocabulary is shown.");
  cut(panes[1]);
});
cutAll().then(() => { root.dataset.ready = ""; });
