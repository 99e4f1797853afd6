// Markdown within a line, as nodes: emphasis by CommonMark's rules, code, links, images that are only named. Text is only ever put into text nodes.
import { el, icon } from "../shell/dom.js";

const punctuation = /[\p{P}\p{S}]/u;
const bareAddress = /^https?:\/\/[^\s<>]*[^\s<>.,;:!?'"*_~)\]]/i;
const escapable = /[!-/:-@[-`{-~]/;

/** The nodes of a piece of text. */
export function inline(text) {
  const parts = [], delimiters = [];
  let plain = "";
  const flush = () => { if (plain !== "") parts.push(plain); plain = ""; };
  const push = node => { flush(); parts.push(node); };

  for (let at = 0; at < text.length;) {
    const character = text[at];
    if (character === "\\" && at + 1 < text.length && escapable.test(text[at + 1])) { plain += text[at + 1]; at += 2; continue; }
    if (character === "\n" || (character === "\\" && text[at + 1] === "\n")) { plain = plain.trimEnd(); push(el("br")); at += character === "\n" ? 1 : 2; continue; }
    if (character === "`") {
      const fence = /^`+/.exec(text.slice(at))[0], end = closingTicks(text, at + fence.length, fence.length);
      if (end < 0) { plain += fence; at += fence.length; continue; }
      push(el("code", {}, unpadded(text.slice(at + fence.length, end).replaceAll("\n", " "))));
      at = end + fence.length;
      continue;
    }
    if (character === "!" && text[at + 1] === "[") {
      const found = bracketed(text, at + 1);
      if (found) { push(image(found)); at = found.end; continue; }
    }
    if (character === "[") {
      const found = bracketed(text, at);
      if (found) { const node = link(found.address, inline(found.label), found.label); if (node) { push(node); at = found.end; continue; } }
    }
    if (character === "<") {
      const auto = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/i.exec(text.slice(at, at + 2048));
      const node = auto && link(auto[1], [auto[1]], auto[1]);
      if (node) { push(node); at += auto[0].length; continue; }
    }
    if ((character === "h" || character === "H") && (at === 0 || !/[\w]/.test(text[at - 1]))) {
      const bare = bareAddress.exec(text.slice(at, at + 2048));
      const node = bare && link(bare[0], [bare[0]], bare[0]);
      if (node) { push(node); at += bare[0].length; continue; }
    }
    if (character === "*" || character === "_" || character === "~") {
      const run = new RegExp(`^\\${character}+`).exec(text.slice(at))[0].length;
      const delimiter = flanking(text, at, run, character);
      if (delimiter && (character !== "~" || run === 2)) {
        flush();
        delimiter.index = parts.length;
        delimiters.push(delimiter);
        parts.push(delimiter);
      } else plain += character.repeat(run);
      at += run;
      continue;
    }
    plain += character;
    at++;
  }
  flush();
  return emphasized(parts, delimiters);
}

function closingTicks(text, from, length) {
  const runs = /`+/g;
  runs.lastIndex = from;
  for (let match; (match = runs.exec(text));) if (match[0].length === length) return match.index;
  return -1;
}

const unpadded = code => code.length > 2 && code.startsWith(" ") && code.endsWith(" ") && code.trim() !== "" ? code.slice(1, -1) : code;

/** "[label](address)" from a bracket on; null if it is not whole. */
function bracketed(text, at) {
  let depth = 0, close = -1;
  for (let i = at; i < text.length && i < at + 4096; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "[") depth++;
    else if (text[i] === "]" && --depth === 0) { close = i; break; }
  }
  if (close < 0 || text[close + 1] !== "(") return null;
  const target = /^\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/.exec(text.slice(close + 1, close + 4097));
  return target ? { label: text.slice(at + 1, close), address: target[1] ?? target[2], end: close + 1 + target[0].length } : null;
}

/** A link that leaves in a window of its own and says where it goes; null for addresses that are not of the web or of mail. */
function link(address, label, text) {
  let url;
  try { url = new URL(address); } catch { return null; }
  if (!["http:", "https:", "mailto:"].includes(url.protocol)) return null;
  const place = url.protocol === "mailto:" ? url.pathname : url.host;
  const anchor = el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", title: url.href }, label);
  return text.includes(place) ? anchor : el("span", {}, anchor, el("span", { class: "md-host" }, ` (${place})`));
}

/** Images are named and never fetched: their address would tell whoever keeps it that this was read. */
function image({ label, address }) {
  let place = "nowhere";
  try { place = new URL(address).host || "this text"; } catch { /* Not an address. */ }
  const anchor = link(address, [label || "image"], place);
  return el("span", { class: "md-image", title: "Images are not loaded." }, icon("image"), anchor ?? label, el("span", { class: "md-host" }, ` (image, ${place})`));
}

/** Whether a run of stars or underscores may open or close emphasis (CommonMark 0.31, section 6.2). */
function flanking(text, at, run, character) {
  const before = at === 0 ? " " : lastOf(text.slice(Math.max(0, at - 2), at)), after = at + run >= text.length ? " " : String.fromCodePoint(text.codePointAt(at + run));
  const [blankBefore, blankAfter] = [/\s/.test(before), /\s/.test(after)], [markBefore, markAfter] = [punctuation.test(before), punctuation.test(after)];
  const left = !blankAfter && (!markAfter || blankBefore || markBefore), right = !blankBefore && (!markBefore || blankAfter || markAfter);
  const opens = character === "_" ? left && (!right || markBefore) : left, closes = character === "_" ? right && (!left || markAfter) : right;
  return opens || closes ? { character, count: run, whole: run, opens, closes } : null;
}

const lastOf = text => Array.from(text).at(-1);

/** Pairs openers with closers, innermost first, and wraps what is between them. */
function emphasized(parts, delimiters) {
  for (let closer = 0; closer < delimiters.length; closer++) {
    const end = delimiters[closer];
    if (!end.closes) continue;
    for (let opener = closer - 1; opener >= 0 && end.count > 0; opener--) {
      const start = delimiters[opener];
      if (!start.opens || start.count === 0 || start.character !== end.character) continue;
      const both = (start.closes || end.opens) && (start.whole + end.whole) % 3 === 0 && (start.whole % 3 !== 0 || end.whole % 3 !== 0);
      if (both && end.character !== "~") continue;
      if (end.index === start.index + 1) continue;
      const use = end.character === "~" ? 2 : start.count >= 2 && end.count >= 2 ? 2 : 1;
      const from = start.index + 1, content = parts.slice(from, end.index).filter(part => part !== null).map(settle);
      const tag = end.character === "~" ? "del" : use === 2 ? "strong" : "em";
      for (let i = from; i < end.index; i++) parts[i] = null;
      parts[from] = el(tag, {}, content);
      start.count -= use;
      end.count -= use;
      for (let between = opener + 1; between < closer; between++) delimiters[between].count = 0;
      opener++;
    }
  }
  return parts.filter(part => part !== null).map(settle);
}

const settle = part => typeof part === "object" && "count" in part && "opens" in part ? part.character.repeat(part.count) : part;
