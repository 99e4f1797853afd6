// The models of this machine, and what is done with them.
import { el, icon, iconButton, popup, confirmed, announce, bytes, number } from "../shell/dom.js";
import { json } from "../shell/api.js";

const root = document.querySelector("[data-models]"), part = name => root.querySelector(`[data-${name}]`);
const precisions = {
  Q8_0: "Half of f16; as good as the original.", Q6_K: "Very close to the original.", Q5_K_M: "A third of f16.", Q4_K_M: "A quarter of f16; what most people use.", Q4_0: "A quarter of f16; plain and fast.",
};

let shelf = { models: [], partial: [], mixes: [], types: [] }, jobs = null, stream = null, loads = 0;

// What is here.

async function load() {
  const turn = ++loads, found = await json("GET", "/studio/models");
  if (turn !== loads) return; // an answer to a later question is newer
  shelf = found;
  part("hub").textContent = shelf.hub;
  part("list").replaceChildren(...shelf.models.map(row), ...shelf.partial.map(partialRow));
  part("empty").hidden = shelf.models.length + shelf.partial.length > 0;
  const sum = shelf.models.reduce((total, model) => total + model.bytes, 0);
  part("sum").textContent = shelf.models.length > 0 ? `${number(shelf.models.length)} ${shelf.models.length === 1 ? "model" : "models"}, ${bytes(sum)}` : "";
}

const origins = { run: "run", named: "served", pulled: null };

function row(model) {
  const more = iconButton("more", `More about ${model.id}`, () => popup(more, model.id, commands(model)), { class: "icon-button", aria: { label: `More about ${model.id}`, expanded: "false" } });
  const tags = [origins[model.origin] && el("span", { class: "tag" }, origins[model.origin]), model.is_loaded && el("span", { class: "tag accent" }, "in memory"), !model.answers && !model.obstacle && el("span", { class: "tag" }, "base")];
  return el("li", { class: "model", data: { model: model.id } },
    el("h3", {}, model.id, tags),
    el("p", { class: "facts" }, model.obstacle ? el("span", { class: "wrong" }, `Gestalt cannot run it: ${model.obstacle}`) : model.facts.join(" · ")),
    el("div", { class: "doing" }, el("button", { type: "button", class: "button", aria: { label: `Details of ${model.id}` }, onClick: () => detail(model) }, "Details"), more));
}

function partialRow(model) {
  return el("li", { class: "model", data: { model: model.id } },
    el("h3", {}, model.id, el("span", { class: "tag" }, "not whole")),
    el("p", { class: "facts" }, `${bytes(model.bytes)} when all of it is here`),
    el("div", { class: "doing" }, el("button", { type: "button", class: "button", aria: { label: `Go on pulling ${model.id}` }, onClick: () => act("pull", { model: model.id }) }, "Go on")));
}

function commands(model) {
  return [
    ["file", "Details", () => detail(model)],
    ...(model.obstacle ? [] : [["edit", "Chat with it", () => { localStorage.setItem("gestalt-model", model.id); location.href = "/chat"; }]]),
    ...(model.is_folder || model.obstacle ? [] : [["dials", "Quantize …", () => quantize(model)]]),
    ...(model.obstacle ? [] : [["again", "Convert …", () => make(model, "convert", `Convert ${model.id}`, "A copy in another form. The original stays.", [
      ...shelf.types.map(name => [name, `GGUF, ${name}`, ""]), ...(model.is_folder ? [] : [["folder", "A Hugging Face folder", "For Python's libraries."]])])]]),
    ...(model.is_loaded ? [["close", "Let go from memory", () => act("unload", { model: model.id })]] : []),
    ...(model.origin === "pulled" ? [["trash", "Delete", () => remove(model)]] : []),
  ];
}

async function remove(model) {
  if (!await confirmed("Delete this model?", `${model.id} takes ${bytes(model.bytes)}. It can be pulled again.`, "Delete")) return;
  await attempt(async () => {
    const { freed } = await json("DELETE", `/studio/models?name=${encodeURIComponent(model.id)}`);
    await load();
    announce(`Deleted; ${bytes(freed)} are free again`);
    part("list").querySelector("button")?.focus();
  });
}

// What is in one.

async function detail(model) {
  await attempt(async () => {
    const its = await json("GET", `/studio/models/detail?name=${encodeURIComponent(model.id)}`);
    const pairs = [["File", its.path], ["Form", its.format], ["Architecture", its.architecture ?? "unknown"], ["Parameters", number(its.parameters)],
      ["Stored as", its.types.map(type => `${type.type} (${number(type.tensors)} tensors, ${bytes(type.bytes)})`).join(", ")], ...(its.obstacle ? [["Cannot be run", its.obstacle]] : [])];
    const dialog = el("dialog", { class: "detail", aria: { labelledby: "detail-title" }, onClose: () => dialog.remove() },
      el("div", { class: "dialog-head" }, el("h2", { id: "detail-title" }, model.id), el("form", { method: "dialog" }, el("button", { class: "icon-button", aria: { label: "Close" } }, icon("close")))),
      el("div", { class: "dialog-body" }, list(pairs),
        el("h3", {}, "Metadata"), its.metadata.length > 0 ? list(its.metadata.map(entry => [entry.key, entry.value])) : el("p", { class: "quiet" }, "None."),
        el("details", {}, el("summary", {}, `${number(its.tensors.length)} tensors`), el("div", { class: "scroll", tabindex: "0", role: "region", aria: { label: "Tensors" } }, tensors(its.tensors)))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

const list = pairs => el("dl", {}, pairs.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value.length > 200 ? el("pre", { tabindex: "0", role: "region", aria: { label: name } }, value) : value)]));

const tensors = all => el("table", {}, el("thead", {}, el("tr", {}, ["Name", "Type", "Shape", "Size"].map(name => el("th", { scope: "col", class: name === "Size" ? "right" : null }, name)))),
  el("tbody", {}, all.map(tensor => el("tr", {}, el("td", {}, tensor.name), el("td", {}, tensor.type), el("td", {}, tensor.shape.join(" × ")), el("td", { class: "right" }, bytes(tensor.bytes))))));

// What is done.

/** Shows beforehand how long each form would be; what it costs is measured when it is made. */
function quantize(model) {
  return attempt(async () => {
    const { bytes: before, lengths } = await json("GET", `/studio/models/lengths?name=${encodeURIComponent(model.id)}`);
    make(model, "quantize", `Quantize ${model.id}`, `Weights in fewer bits: smaller and faster. It has ${bytes(before)} now, and stays. Both are let read a text afterwards, to say what it costs.`,
      shelf.mixes.map(name => [name, `${name}, ${bytes(lengths[name])}`, precisions[name] ?? ""]));
  });
}

function make(model, verb, title, purpose, choices) {
  const submit = event => {
    const type = new FormData(event.target).get("type");
    if (event.submitter?.value === "yes" && type) act(verb, { model: model.id, type });
  };
  const preferred = verb === "quantize" ? "Q4_K_M" : "F16";
  const dialog = el("dialog", { aria: { labelledby: "make-title" }, onClose: () => dialog.remove() }, el("form", { method: "dialog", onSubmit: submit },
    el("div", { class: "dialog-head" }, el("h2", { id: "make-title" }, title)),
    el("div", { class: "dialog-body" }, el("fieldset", { class: "choices" }, el("legend", {}, purpose), choices.map(([value, label, hint]) =>
      el("label", {}, el("input", { type: "radio", name: "type", value, checked: value.toUpperCase() === preferred }), el("span", {}, label, " ", el("span", { class: "hint" }, hint)))))),
    el("div", { class: "dialog-foot" }, el("button", { class: "button", value: "no", formnovalidate: true }, "Cancel"), el("button", { class: "button primary", value: "yes" }, "Start"))));
  document.body.append(dialog);
  dialog.showModal();
}

async function act(verb, wish) {
  return attempt(async () => {
    await json("POST", `/studio/models/${verb}`, wish);
    await load();
    await watch();
  });
}

async function attempt(action) {
  complain(null);
  try {
    await action();
    return true;
  } catch (problem) {
    complain(problem.message);
    return false;
  }
}

function complain(text) {
  const box = part("problem");
  box.hidden = !text;
  box.replaceChildren(icon("warning"), el("span", {}, text ?? ""), el("button", { type: "button", class: "button plain", onClick: () => complain(null) }, "Close"));
}

part("pull").addEventListener("submit", async event => {
  event.preventDefault();
  const field = event.target.elements.model, name = field.value.trim();
  if (name === "") { field.focus(); return; }
  if (await act("pull", { model: name })) field.value = "";
});

// What is at work.

async function watch() {
  show((await json("GET", "/studio/jobs")).jobs);
  if (stream || !jobs.some(job => job.state === "running")) return;
  stream = new EventSource("/studio/jobs/events");
  stream.addEventListener("jobs", event => show(JSON.parse(event.data)));
  stream.addEventListener("idle", async event => {
    stream.close();
    stream = null;
    show(JSON.parse(event.data));
    await load();
  });
  stream.addEventListener("error", () => {
    if (stream?.readyState === EventSource.CLOSED) stream = null;
  });
}

const verbs = { pull: "Pulling", quantize: "Quantizing", convert: "Converting" }, past = { pull: "Pulled", quantize: "Quantized", convert: "Converted" };

function show(next) {
  for (const job of next) {
    const before = jobs?.find(other => other.id === job.id), isNews = jobs !== null && (!before || before.state === "running");
    if (isNews && job.state !== "running") { // it may also have ended before it was ever seen at work
      announce(job.state === "done" ? `${past[job.kind]} ${job.subject}. ${job.note}` : job.state === "failed" ? `${job.subject} failed: ${job.note}` : `${job.subject} was stopped`);
      void load();
    }
  }
  jobs = next;
  part("work").hidden = jobs.length === 0;
  const list = part("jobs");
  for (const job of jobs) {
    const key = JSON.stringify(job), old = list.querySelector(`[data-job="${job.id}"]`);
    if (old?.dataset.key === key) continue;
    if (old && job.state === "running" && old.dataset.state === "running") update(old, job);
    else if (old) old.replaceWith(jobRow(job));
    else list.insertBefore(jobRow(job), [...list.children].find(other => Number(other.dataset.job) < job.id) ?? null);
  }
  for (const gone of [...list.children]) if (!jobs.some(job => String(job.id) === gone.dataset.job)) gone.remove();
}

function jobRow(job) {
  const isRunning = job.state === "running";
  const name = `${(isRunning || job.state === "cancelled" ? verbs : job.state === "done" ? past : verbs)[job.kind]} ${job.subject}`;
  const line = el("li", { class: job.state, data: { job: job.id, state: job.state } }, el("p", { class: "what" }, name),
    isRunning ? job.kind === "pull" ? el("button", { type: "button", class: "button", aria: { label: `Stop ${name}` }, onClick: () => attempt(() => json("DELETE", `/studio/jobs/${job.id}`)) }, "Stop") : el("span")
      : el("span", { class: `tag${job.state === "done" ? " accent" : ""}` }, { done: "done", failed: "failed", cancelled: "stopped" }[job.state]),
    isRunning ? el("progress", { aria: { label: name } }) : null, el("p", { class: "how" }));
  update(line, job);
  return line;
}

function update(line, job) {
  line.dataset.key = JSON.stringify(job);
  const bar = line.querySelector("progress"), how = line.querySelector(".how");
  if (bar && job.total) { bar.max = job.total; bar.value = job.done ?? 0; }
  how.textContent = job.total && job.state === "running" ? `${bytes(job.done ?? 0)} of ${bytes(job.total)}${job.note ? ` · ${job.note}` : ""}` : job.note;
}

await attempt(async () => {
  await load();
  await watch();
});
