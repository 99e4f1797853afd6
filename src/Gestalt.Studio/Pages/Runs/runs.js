// Runs as they are lived: the server tells what has changed, and draws the curves; here they are put in place.
import { el, icon, announce, number, confirmed } from "../shell/dom.js";
import { request, json, events } from "../shell/api.js";
import { choice } from "../shell/choice.js";

const root = document.querySelector("[data-runs]");
const part = name => root.querySelector(`[data-${name}]`);
const minutes = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 240, 480];
const states = { living: "living", stopping: "saving", livingElsewhere: "living, at a terminal", complete: "complete", paused: "paused", byHand: "by hand" };
const trainings = { pretrain: "Pretraining", finetune: "Fine-tuning", prefer: "Comparisons", reinforce: "Problems" };

let runs = [];
let chosen = decodeURIComponent(location.pathname.split("/")[2] ?? "");
let awaited = null; // a life that has begun and has no folder yet
let stage = null, followsStage = true, axis = "time", compared = [], drawn = "", sampled = "";

/** 90 seconds as 1.5 min. */
function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

const short = count => count >= 1e6 ? `${(count / 1e6).toFixed(1)} M` : count >= 1e4 ? `${(count / 1e3).toFixed(0)} k` : number(count);

function fail(problem) {
  part("problem").hidden = problem === null;
  part("problem").replaceChildren(...(problem === null ? [] : [icon("warning"), el("span", {}, problem.message)]));
}

// The one dial.
const dial = part("minutes"), shown = part("minutes-shown");
function turn() {
  const chosenMinutes = minutes[dial.value];
  shown.textContent = chosenMinutes < 60 ? `${chosenMinutes} ${chosenMinutes === 1 ? "minute" : "minutes"}` : `${chosenMinutes / 60} ${chosenMinutes === 60 ? "hour" : "hours"}`;
  dial.setAttribute("aria-valuetext", shown.textContent);
}
dial.addEventListener("input", turn);
turn();

part("new-life").addEventListener("submit", async event => {
  event.preventDefault();
  fail(null);
  try {
    const begun = await json("POST", "/studio/runs/", { minutes: minutes[dial.value], name: part("run-name").value || null });
    part("run-name").value = "";
    announce(`${begun.name} has begun.`);
    awaited = begun.name;
    await refresh();
  } catch (problem) { fail(problem); }
});

function choose(name) {
  awaited = null;
  if (name !== chosen) { stage = null; followsStage = true; compared = []; }
  chosen = name;
  history.replaceState(null, "", `/runs/${encodeURIComponent(name)}`);
  draw();
}

async function act(run, action, said) {
  fail(null);
  try {
    await request("POST", `/studio/runs/${encodeURIComponent(run.name)}/${action}`);
    announce(said);
    await refresh();
  } catch (problem) { fail(problem); }
}

async function stop(run) {
  if (await confirmed(`Stop ${run.name}?`, "It saves and stops. It can go on later from where it was, as if nothing had happened.", "Stop")) await act(run, "stop", "It saves and stops.");
}

// The list.
const entries = new Map();
function drawList() {
  const list = part("list");
  for (const [name, entry] of entries) if (!runs.some(run => run.name === name)) { entry.item.remove(); entries.delete(name); }
  runs.forEach((run, place) => {
    let entry = entries.get(run.name);
    if (!entry) {
      const about = el("small", {});
      const pick = el("button", { type: "button", class: "run-pick", onClick: () => choose(run.name) }, el("span", {}, run.name), about);
      const box = el("input", { type: "checkbox", aria: { label: `Compare with ${run.name}` }, onChange: () => compare(run.name, box.checked) });
      const beside = el("label", { class: "compare", title: "Draw its curves beside" }, box, el("span", { aria: { hidden: "true" } }, "compare"));
      entry = { item: el("li", {}, pick, beside), pick, about, box, beside };
      entries.set(run.name, entry);
    }
    const training = run.training.at(-1);
    const about = [states[run.state], run.minutes === null ? null : duration(run.minutes * 60), training ? `loss ${training.loss.toFixed(2)}` : null].filter(Boolean).join(" · ");
    if (entry.about.textContent !== about) entry.about.textContent = about;
    if (run.name === chosen) entry.pick.setAttribute("aria-current", "true"); else entry.pick.removeAttribute("aria-current");
    entry.beside.hidden = run.name === chosen || run.training.length === 0;
    entry.box.checked = compared.includes(run.name);
    entry.box.disabled = !entry.box.checked && compared.length >= 3;
    if (list.children[place] !== entry.item) list.insertBefore(entry.item, list.children[place] ?? null);
  });
  part("none").hidden = runs.length > 0;
}

function compare(name, on) {
  compared = on ? [...compared, name] : compared.filter(other => other !== name);
  announce(on ? `${name} is drawn beside.` : `${name} is no longer drawn.`);
  draw();
}

// One run.
function drawRun() {
  const run = runs.find(other => other.name === chosen) ?? runs[0];
  part("run").hidden = !run;
  if (!run) return;
  chosen = run.name;
  part("title").textContent = run.name;
  const tag = part("state");
  if (tag.textContent !== states[run.state]) {
    if (tag.textContent !== "" && tag.dataset.run === run.name) announce(`${run.name} is ${states[run.state]}.`);
    tag.textContent = states[run.state];
    tag.dataset.run = run.name;
    tag.classList.toggle("accent", isLiving(run));
  }
  part("about").textContent = [
    run.minutes === null ? null : `${duration(run.minutes * 60)} asked for`,
    run.begun === null ? null : `begun ${new Date(run.begun).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}`,
    run.parameters === null ? null : `${short(run.parameters)} parameters`,
  ].filter(Boolean).join(" · ");
  drawActions(run);
  drawStages(run);
  const said = part("said");
  said.hidden = !run.failed;
  said.textContent = run.failed ? run.said.join("\n") : "";
  if (run.training.length > 0 && (stage === null || (followsStage && run.state !== "complete") || !run.training.some(one => one.stage === stage)))
    stage = run.state === "complete" ? "pretrain" : run.training.at(-1).stage;
  choice(part("stage-choice"), run.training.map(one => [one.stage, trainings[one.stage]]), stage, value => { stage = value; followsStage = false; draw(); });
  choice(part("axis-choice"), run.training.length === 0 ? [] : [["time", "Time"], ["steps", "Steps"], ["tokens", "Tokens"]], axis, value => { axis = value; draw(); });
  const training = run.training.find(one => one.stage === stage);
  drawFigures(training);
  drawCharts(run, training);
  drawSamples(run, training);
}

function drawActions(run) {
  const wanted = [run.state, run.hasReport, run.hasModel].join();
  if (part("actions").dataset.shape === `${run.name} ${wanted}`) return;
  part("actions").dataset.shape = `${run.name} ${wanted}`;
  const held = part("actions").contains(document.activeElement);
  part("actions").replaceChildren(...[
    run.state === "living" ? el("button", { type: "button", class: "button", onClick: () => stop(run) }, icon("stop"), "Stop") : null,
    run.state === "paused" ? el("button", { type: "button", class: "button primary", onClick: () => act(run, "go-on", `${run.name} goes on.`) }, "Go on") : null,
    run.hasReport ? el("a", { class: "button", href: `/studio/runs/${encodeURIComponent(run.name)}/report` }, icon("file"), "Report") : null,
    run.hasModel ? el("a", { class: "button", href: `/inside?model=${encodeURIComponent(`runs/${run.name}`)}` }, "Look inside") : null,
  ].filter(Boolean));
  if (held) part("actions").querySelector("button, a")?.focus();
}

function drawStages(run) {
  const first = run.stages.findIndex(one => one.seconds === null), now = isLiving(run) ? first : -1;
  const total = run.stages.reduce((sum, one) => sum + (one.seconds ?? one.planned), 0);
  const shape = JSON.stringify([run.name, now, run.stages]);
  if (part("stages").dataset.shape === shape) return;
  part("stages").dataset.shape = shape;
  part("stages").replaceChildren(...run.stages.map((one, i) => {
    const text = one.seconds !== null ? `took ${duration(one.seconds)}` : i === now ? `going on, ${duration(one.planned)} planned` : `${duration(one.planned)} planned`;
    const item = el("li", { class: one.seconds !== null ? "done" : i === now ? "now" : "", title: [`${one.name}: ${text}`, one.result].filter(Boolean).join("\n") }, one.name, el("span", { class: "unseen" }, `, ${text}`));
    item.style.setProperty("--share", Math.max(.08, (one.seconds ?? one.planned) / total).toFixed(3));
    return item;
  }));
}

function drawFigures(training) {
  const figures = !training ? [] : [
    [training.loss.toFixed(3), "nats per token"],
    training.bitsPerByte === null ? null : [training.bitsPerByte.toFixed(3), "bits per byte, held out"],
    [number(training.tokensPerSecond), "tokens a second"],
    training.fractionOfPeak === null ? null : [`${(100 * training.fractionOfPeak).toFixed(0)} %`, "of the float32 peak"],
    [training.gradientNorm.toFixed(2), "gradient norm"],
    [training.steps === null ? number(training.step) : `${number(training.step)} / ${number(training.steps)}`, "steps"],
    [short(training.tokens), "tokens read"],
  ].filter(Boolean);
  part("figures").replaceChildren(...figures.map(([value, name]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

async function drawCharts(run, training) {
  const others = compared.map(name => runs.find(other => other.name === name)).filter(other => other?.training.some(one => one.stage === stage));
  const wanted = JSON.stringify([stage, axis, [run, ...others].map(one => [one.name, one.training.find(t => t.stage === stage)?.step])]);
  if (!training) { part("charts").replaceChildren(); drawn = ""; return; }
  if (wanted === drawn) return;
  drawn = wanted;
  try {
    const query = new URLSearchParams([...[run, ...others].map(one => ["run", one.name]), ["stage", stage], ["axis", axis]]);
    const answer = await (await request("GET", `/studio/runs/charts?${query}`)).text();
    // The server's own drawing; every text in it was escaped where it was made.
    if (wanted === drawn) part("charts").replaceChildren(...new DOMParser().parseFromString(answer, "text/html").body.childNodes);
  } catch (problem) { drawn = ""; fail(problem); }
}

async function drawSamples(run, training) {
  part("samples-part").hidden = !training || training.samples === 0;
  const wanted = JSON.stringify([run.name, stage, training?.samples]);
  if (!training || training.samples === 0 || wanted === sampled) return;
  sampled = wanted;
  try {
    const samples = await json("GET", `/studio/runs/${encodeURIComponent(run.name)}/samples?stage=${stage}`);
    if (wanted !== sampled) return;
    part("samples").replaceChildren(...samples.reverse().map(one => el("li", {},
      el("p", { class: "when" }, `after ${duration(one.seconds)}`, el("br"), `step ${number(one.step)}`, ...(one.bitsPerByte === null ? [] : [el("br"), `${one.bitsPerByte.toFixed(3)} bits per byte`])),
      el("p", { class: "text" }, one.text))));
  } catch (problem) { sampled = ""; fail(problem); }
}

function draw() {
  if (runs.some(run => run.name === awaited)) return choose(awaited); // which draws
  drawRun();
  drawList();
}

async function refresh() {
  runs = await json("GET", "/studio/runs/");
  draw();
}

let isCut = false;
const isLiving = run => ["living", "livingElsewhere", "stopping"].includes(run.state);

/** Listens while a life is being lived, and looks now and then while none is, for one may begin at a terminal. A connection that breaks is made again. */
async function listen() {
  for (let wait = 1; ; wait = Math.min(2 * wait, 15)) {
    try {
      await refresh();
      if (isCut) { isCut = false; fail(null); }
      root.dataset.ready = "";
      wait = 2.5;
      if (runs.some(isLiving)) {
        for await (const data of events(await request("GET", "/studio/runs/events"))) {
          runs = JSON.parse(data);
          draw();
          if (!runs.some(isLiving)) break;
        }
      }
    } catch (problem) { isCut = true; fail(problem); }
    await new Promise(resolve => setTimeout(resolve, 1000 * wait));
  }
}

listen();
