// Markdown as nodes, while it comes: text is cut into blocks, and only blocks whose text has changed are drawn again. No markup is ever parsed as such: what looks like a tag is shown.
import { el, iconButton, announce } from "../shell/dom.js";
import { inline } from "./inline.js";
import { highlighted } from "./highlight.js";

const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`\n]*)$/, heading = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/, rule = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const quote = /^ {0,3}> ?/, item = /^( {0,3})([-*+]|\d{1,9}[.)])([ \t]+|$)/, tableRule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const deepest = 12;

/** A place where Markdown is shown that grows. */
export class MarkdownView {
  #blocks = [];

  /** @param {Element} element The place. @param {number} level The level of the largest heading in it. */
  constructor(element, level = 3) {
    this.element = element;
    this.level = level;
  }

  /** Shows a text, drawing anew only what differs from the one before. */
  update(text) {
    const blocks = blocksOf(text.replace(/\r\n?/g, "\n").split("\n"));
    let above = this.level - 1;
    blocks.forEach((block, index) => {
      // Headings follow one another without a gap, whatever the model begins with.
      if (block.kind === "heading") above = block.depth = Math.min(above + 1, this.level + block.level - 1, 6);
      const key = JSON.stringify(block), old = this.#blocks[index];
      if (old?.key === key) return;
      const node = draw(block, 0);
      if (old) old.node.replaceWith(node);
      else this.element.append(node);
      this.#blocks[index] = { key, node };
    });
    for (const gone of this.#blocks.splice(blocks.length)) gone.node.remove();
  }
}

/** Cuts lines into blocks: plain data, so that two cuts can be compared. */
function blocksOf(lines) {
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    let match;
    if (line.trim() === "") at++;
    else if ((match = fence.exec(line))) {
      const closing = new RegExp(`^ {0,3}\\${match[1][0]}{${match[1].length},}[ \\t]*$`);
      let end = at + 1;
      while (end < lines.length && !closing.test(lines[end])) end++;
      blocks.push({ kind: "code", language: match[2].trim().split(/\s+/)[0], text: lines.slice(at + 1, end).join("\n"), whole: end < lines.length });
      at = end + 1;
    } else if ((match = heading.exec(line))) {
      blocks.push({ kind: "heading", level: match[1].length, text: match[2] ?? "" });
      at++;
    } else if (rule.test(line)) {
      blocks.push({ kind: "rule" });
      at++;
    } else if (quote.test(line)) {
      let end = at;
      while (end < lines.length && (quote.test(lines[end]) || (lines[end].trim() !== "" && !startsBlock(lines, end)))) end++;
      blocks.push({ kind: "quote", lines: lines.slice(at, end).map(inner => inner.replace(quote, "")) });
      at = end;
    } else if ((match = item.exec(line))) {
      const list = listOf(lines, at, match);
      blocks.push(list.block);
      at = list.end;
    } else if (line.includes("|") && at + 1 < lines.length && tableRule.test(lines[at + 1]) && cells(line).length === cells(lines[at + 1]).length) {
      let end = at + 2;
      while (end < lines.length && lines[end].trim() !== "" && lines[end].includes("|")) end++;
      blocks.push({ kind: "table", head: cells(line), align: cells(lines[at + 1]).map(alignment), rows: lines.slice(at + 2, end).map(cells) });
      at = end;
    } else {
      let end = at + 1;
      while (end < lines.length && lines[end].trim() !== "" && !startsBlock(lines, end)) end++;
      blocks.push({ kind: "paragraph", text: lines.slice(at, end).join("\n").trim() });
      at = end;
    }
  }
  return blocks;
}

/** Whether a line ends the paragraph before it. */
const startsBlock = (lines, at) => fence.test(lines[at]) || heading.test(lines[at]) || rule.test(lines[at]) || quote.test(lines[at]) || /^ {0,3}(?:[-*+]|1[.)])[ \t]+\S/.test(lines[at]);

function listOf(lines, at, first) {
  const ordered = /\d/.test(first[2]), mark = first[2].at(-1), items = [];
  let loose = false;
  for (let match = first; match && /\d/.test(match[2]) === ordered && match[2].at(-1) === mark && !rule.test(lines[at]);) {
    const indent = match[1].length + match[2].length + Math.min(Math.max(match[3].length, 1), 4);
    const content = [lines[at].slice(match[0].length)];
    let end = at + 1, blank = false;
    for (; end < lines.length; end++) {
      const line = lines[end];
      if (line.trim() === "") { blank = true; content.push(""); continue; }
      if (/^ */.exec(line)[0].length >= Math.min(indent, blank ? indent : 2)) content.push(line.slice(Math.min(indent, /^ */.exec(line)[0].length)));
      else if (blank || startsBlock(lines, end) || item.test(line)) break;
      else content.push(line.trimStart());
      if (blank) { loose = true; blank = false; }
    }
    while (content.at(-1) === "" && content.length > 1) content.pop();
    items.push(content);
    match = end < lines.length ? item.exec(lines[end]) : null;
    loose ||= blank && match !== null;
    at = end;
  }
  return { block: { kind: "list", ordered, start: ordered ? parseInt(first[2], 10) : 1, loose, items }, end: at };
}

/** The cells of a table's line; a bar behind a backslash is a letter. */
const cells = line => line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "").split(/(?<!\\)\|/).map(cell => cell.trim().replaceAll("\\|", "|"));

const alignment = cell => cell.startsWith(":") && cell.endsWith(":") ? "center" : cell.endsWith(":") ? "right" : "left";

function draw(block, depth) {
  switch (block.kind) {
    case "code": return code(block);
    case "heading": return el(`h${block.depth ?? 6}`, { class: `md-heading md-heading-${block.level}` }, inline(block.text));
    case "rule": return el("hr");
    case "quote": return el("blockquote", {}, nested(block.lines, depth));
    case "list": return list(block, depth);
    case "table": return table(block);
    default: return el("p", {}, inline(block.text));
  }
}

/** Blocks within a block; beyond a depth that no person writes, plain text. */
const nested = (lines, depth) => depth >= deepest ? [el("p", {}, lines.join("\n"))] : blocksOf(lines).map(block => draw(block.kind === "heading" ? { kind: "paragraph", text: `**${block.text}**` } : block, depth + 1));

function list(block, depth) {
  const items = block.items.map(lines => {
    const task = /^\[([ xX])\][ \t]+/.exec(lines[0]);
    const content = nested(task ? [lines[0].slice(task[0].length), ...lines.slice(1)] : lines, depth);
    const flat = block.loose ? content : content.flatMap(node => node.tagName === "P" ? [...node.childNodes] : [node]);
    return task ? el("li", { class: "md-task" }, el("span", { class: "md-box", role: "img", aria: { label: task[1] === " " ? "open" : "done" } }, task[1] === " " ? "☐" : "☑"), " ", flat) : el("li", {}, flat);
  });
  return el(block.ordered ? "ol" : "ul", block.ordered && block.start !== 1 ? { start: String(block.start) } : {}, items);
}

function table(block) {
  const cell = (tag, text, column) => el(tag, { class: `md-${block.align[column] ?? "left"}`, ...(tag === "th" ? { scope: "col" } : {}) }, inline(text ?? ""));
  const rows = block.rows.map(row => el("tr", {}, block.head.map((_, column) => cell("td", row[column], column))));
  return el("div", { class: "scroll", tabindex: "0", role: "region", aria: { label: "Table" } },
    el("table", {}, el("thead", {}, el("tr", {}, block.head.map((text, column) => cell("th", text, column)))), el("tbody", {}, rows)));
}

function code({ language, text }) {
  const copy = iconButton("copy", "Copy this code", async () => {
    await navigator.clipboard.writeText(text);
    announce("Copied");
  });
  return el("figure", { class: "md-code" },
    el("figcaption", {}, el("span", {}, language || "text"), copy),
    el("pre", { tabindex: "0", role: "region", aria: { label: `Code${language ? `: ${language}` : ""}` } }, el("code", {}, highlighted(text, language.toLowerCase()))));
}
