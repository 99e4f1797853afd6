// The Inside page: read a text or let it be written, pick a token, and see what went on before it came.
import { el, icon, number, announce } from "../shell/dom.js";
import { json, request, events } from "../shell/api.js";
import { TokenView } from "../tokens/view.js";
import { quoted } from "../tokens/spelling.js";
import { floats, percent } from "./numbers.js";
import { Likely } from "./likely.js";
import { Attention } from "./attention.js";
import { Flow } from "./flow.js";
import { Conversation, asRequest } from "../chat/tree.js";
import { described } from "../chat/tools.js";

const root = document.querySelector("[data-inside]");
const part = name => root.querySelector(`[data-${name}]`);
const model = part("model"), view = new TokenView(part("view"), "text", pick);
const likely = new Likely(part, goOnWith), attention = new Attention(part), flow = new Flow(part);
let tokens = [], written = 0, shape = null, stops = [], at = 0, looking = null, writing = null;

const address = new URLSearchParams(location.search), wanted = address.get("model");
if (wanted && [...model.options].some(option => option.value === wanted)) model.value = wanted;

function fail(problem) {
  part("problem").hidden = problem === null;
  part("problem").replaceChildren(...(problem === null ? [] : [icon("warning"), el("span", {}, problem.message)]));
}

/** Shows the text; what the model wrote is underlined. */
function showText() {
  const places = new Map(), table = [];
  view.show(tokens.map(token => {
    if (!places.has(token.id)) { places.set(token.id, table.length); table.push(token); }
    return places.get(token.id);
  }), table);
  view.mark(written, tokens.length - written);
}

async function read() {
  fail(null);
  part("origin").hidden = true;
  const asQuestion = part("question").checked && !part("question-part").hidden;
  let answer;
  try {
    answer = await json("POST", "/studio/inside/read", { model: model.value, text: part("text").value, asQuestion });
  } catch (problem) {
    if (problem.status !== 400 || !asQuestion || !problem.message.includes("not made to answer")) throw problem;
    part("question-part").hidden = true; // A base model: it only goes on with texts.
    answer = await json("POST", "/studio/inside/read", { model: model.value, text: part("text").value });
  }
  take(answer);
}

/** Shows what was read: a text, or a conversation with an answer, which begins where the prompt ends. */
function take(answer) {
  part("question-part").hidden = !answer.isAssistant;
  ({ tokens, shape, stops, prompt: written } = answer);
  part("looked").hidden = false;
  part("shape").textContent = `${answer.model}: ${number(shape.parameters)} parameters, ${shape.layers} blocks of width ${shape.width}, ${shape.heads} heads. ${tokens.length} tokens read; the context holds ${number(answer.context)}.`;
  showText();
}

/** Reads an answer of a chat with all that came before it, as the model did. */
async function readAnswer() {
  fail(null);
  const { conversation: kept } = await json("GET", `/studio/conversations/${encodeURIComponent(address.get("conversation"))}`);
  const conversation = new Conversation(kept), message = conversation.messages.find(one => one.id === address.get("message"));
  if (!message) throw new Error("This answer is not in the store any more.");
  const tools = conversation.tools.length === 0 ? [] : described((await json("GET", "/studio/tools")).tools, conversation.tools);
  const answer = await json("POST", "/studio/inside/read", {
    model: model.value, messages: asRequest(conversation.system, conversation.upTo(message.parent)), tools: tools.length === 0 ? null : tools, answer: message.content, answerIds: message.ids ?? null,
  });
  part("text").value = conversation.upTo(message.parent).findLast(one => one.role === "user")?.content ?? "";
  part("question").checked = true;
  part("origin").hidden = false;
  part("origin").replaceChildren("An answer of the chat ", el("a", { href: `/chat/${encodeURIComponent(address.get("conversation"))}` }, `“${conversation.title}”`),
    message.ids?.length > 0 ? ". Pick any of its tokens." : ". Its tokens are those of its text; they may have been others when it came.");
  take(answer);
}

async function write() {
  writing?.abort();
  const own = writing = new AbortController();
  part("stop").hidden = false;
  try {
    const body = { model: model.value, ids: tokens.map(token => token.id), count: Number(part("count").value), temperature: likely.temperature, topP: likely.topP, seed: Number(part("seed").value) };
    for await (const data of events(await request("POST", "/studio/inside/continue", body, { signal: own.signal }))) {
      const token = JSON.parse(data);
      if (token.error) throw new Error(token.error);
      tokens.push(token);
      showText();
    }
  } catch (problem) {
    if (problem.name !== "AbortError") throw problem;
  } finally {
    part("stop").hidden = true;
  }
}

async function run(...steps) {
  try {
    for (const step of steps) await step();
    await look(written < tokens.length ? written : tokens.length);
    if (written < tokens.length) { view.pick(written); announce(`${tokens.length - written} tokens were written.`); } else announce("The text is read.");
  } catch (problem) { fail(problem); }
}

part("form").addEventListener("submit", event => { event.preventDefault(); run(read, write); });
part("read").addEventListener("click", () => run(read));
part("stop").addEventListener("click", () => writing?.abort());
part("next").addEventListener("click", () => look(tokens.length).then(() => part("why").focus(), fail));
model.addEventListener("change", () => { part("question-part").hidden = false; });

function pick(place) { look(place).catch(fail); }

/** Cuts the text before the token that is looked at, goes on with another, and looks at what comes then. */
async function goOnWith(id) {
  fail(null);
  try {
    const named = lastLook.named.find(token => token.id === id) ?? { id, bytes: "", kind: "Normal" };
    tokens = [...tokens.slice(0, at), named];
    written = Math.min(written, at);
    showText();
    announce(`Went on with ${quoted(named.bytes)}.`);
    await look(tokens.length);
  } catch (problem) { fail(problem); }
}

let lastLook = null;
/** Looks at what went on before the token at a place; at the end of the text, before the one that would come. */
async function look(place) {
  looking?.abort();
  const own = looking = new AbortController();
  at = place;
  if (place === 0) {
    part("why").textContent = `${quoted(tokens[0].bytes)} is the first token: nothing came before it.`;
    return;
  }
  const came = tokens[place] ?? null;
  let answer;
  try {
    answer = await json("POST", "/studio/inside/look", { model: model.value, ids: tokens.slice(0, place).map(token => token.id), next: came?.id }, { signal: own.signal });
  } catch (problem) {
    if (problem.name === "AbortError") return;
    throw problem;
  }
  lastLook = answer;
  part("why").textContent = came ? `Why ${quoted(came.bytes)} came after ${quoted(tokens[place - 1].bytes)}` : `What comes after ${quoted(tokens[place - 1].bytes)}`;
  likely.show(floats(answer.logits), answer.named, came);
  guesses(answer, came);
  attention.show(answer.layers, tokens.slice(0, place), model.value);
  flow.show(answer, tokens[place - 1], shape);
}

/** The guesses as a table: a row for each layer, the likeliest tokens in it, and what became of the one that came. */
function guesses(answer, came) {
  const heads = [["after", 1], ["likeliest", 3], ["unsure by", 1], [came ? `${quoted(came.bytes)} is` : "norm", 1]];
  const final = answer.guesses.at(-1).likeliest[0].id;
  part("guesses").replaceChildren(
    el("thead", {}, el("tr", {}, heads.map(([text, span]) => el("th", { scope: span > 1 ? "colgroup" : "col", colspan: String(span) }, text)))),
    el("tbody", {}, answer.guesses.map((guess, layer) => el("tr", {},
      el("th", { scope: "row" }, layer === 0 ? "embedding" : `layer ${layer}`),
      [0, 1, 2].map(i => {
        const cell = el("td", { class: `guess${guess.likeliest[i]?.id === (came?.id ?? final) ? " right-guess" : ""}` }, guess.likeliest[i] ? [el("code", {}, quoted(guess.likeliest[i].bytes).slice(1, -1)), " ", el("span", { class: "quiet num" }, percent(guess.probabilities[i]))] : "");
        cell.style.setProperty("--share", (guess.probabilities[i] ?? 0).toFixed(3));
        return cell;
      }),
      el("td", { class: "num" }, `${guess.entropy.toFixed(1)} bits`),
      el("td", { class: "num" }, came ? `${guess.rank === 0 ? "first" : `number ${number(guess.rank + 1)}`}, ${percent(guess.probability)}` : floats(answer.norms[layer]).at(-1).toFixed(1))))));
}

likely.draw();
if (model.options.length === 0) for (const control of part("form").elements) control.disabled = true;
else if (address.has("conversation") && model.value !== wanted) fail(new Error(`The model '${wanted}' that gave this answer is not here any more.`));
else if (address.has("conversation")) await run(readAnswer);
root.dataset.ready = "";
