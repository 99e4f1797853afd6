// Code in four voices: comments are quiet, strings and numbers have the accent, keywords are bold. Enough to read by, in any language that looks like its family.
import { el } from "../shell/dom.js";

const words = text => new Set(text.split(" "));
const curly = words("abstract as async await base bool boolean break byte case catch char class const continue default defer delete do double else enum export extends extern false final finally float fn for foreach from func function get go goto if impl implements import in init int interface internal is let lock long loop match mod module mut namespace new nil null object operator out override package params private protected pub public readonly record ref return sealed self set short sizeof static string struct super switch this throw throws trait true try type typeof uint ulong undefined unsafe use using val var virtual void volatile when where while with yield");
const python = words("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield self");
const shell = words("case do done elif else esac export fi for function if in local return set then until while");
const ruby = words("alias and begin break case class def do else elsif end ensure false for if in module next nil not or redo rescue retry return self super then true undef unless until when while yield");
const sql = words("select from where and or not null insert into values update set delete create table primary key foreign references join left right inner outer on group by order having limit offset as distinct union all in is like between case when then else end with index view drop alter");

const slashes = String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`, hash = String.raw`#[^\n]*`;
const strings = String.raw`"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?`, number = String.raw`\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)\w*`;

const families = [
  { names: "c c# cpp c++ cs csharp d dart go golang groovy java javascript js jsx kotlin kt objc php rs rust scala swift ts tsx typescript zig", keywords: curly, comment: slashes, string: `${strings}|\`(?:[^\`\\\\]|\\\\.)*\`?` },
  { names: "css less scss", keywords: words("important media supports layer import from to"), comment: slashes, string: strings },
  { names: "py python starlark", keywords: python, comment: hash, string: String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|` + strings },
  { names: "bash console sh shell zsh fish dockerfile makefile make powershell ps1", keywords: shell, comment: String.raw`(?<![\w$])#[^\n]*`, string: strings },
  { names: "rb ruby r perl elixir", keywords: ruby, comment: hash, string: strings },
  { names: "toml yaml yml ini conf properties", keywords: words("true false null yes no on off"), comment: String.raw`(?<!\S)[#;][^\n]*`, string: strings },
  { names: "json jsonl json5", keywords: words("true false null"), comment: slashes, string: strings },
  { names: "sql psql postgres mysql sqlite", keywords: sql, ignoresCase: true, comment: String.raw`--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`, string: strings },
  { names: "html xml svg xhtml razor", keywords: new Set(), comment: String.raw`<!--[\s\S]*?(?:-->|$)`, string: strings, keyword: String.raw`<\/?[A-Za-z][\w:.-]*|\/?>` },
  { names: "haskell hs lua ada elm", keywords: words("and break case class data deriving do else elseif end false for function if import in instance let local module newtype nil not of or repeat return then true type until where while"), comment: String.raw`--[^\n]*`, string: strings },
];
const byName = new Map(families.flatMap(family => family.names.split(" ").map(name => [name, family])));

/** Longer code than this stays plain: colouring it each time that a line comes would hold up the rest. */
const longest = 60000;

/** Nodes of a text in a language; plain text where the language is not known. */
export function highlighted(text, language) {
  const family = byName.get(language);
  if (!family || text.length > longest) return [text];
  const pattern = new RegExp(`(${family.comment})|(${family.string})|(${number})|(${family.keyword ?? "[\\p{L}_][\\p{L}\\p{N}_]*"})`, "gu");
  const nodes = [];
  let plain = 0;
  for (let match; (match = pattern.exec(text));) {
    const voice = match[1] !== undefined ? "comment" : match[2] !== undefined ? "string" : match[3] !== undefined ? "number"
      : family.keyword !== undefined || family.keywords.has(family.ignoresCase ? match[0].toLowerCase() : match[0]) ? "keyword" : null;
    if (match[0] === "") { pattern.lastIndex++; continue; }
    if (voice === null) continue;
    if (match.index > plain) nodes.push(text.slice(plain, match.index));
    nodes.push(el("span", { class: `code-${voice}` }, match[0]));
    plain = match.index + match[0].length;
  }
  if (plain < text.length) nodes.push(text.slice(plain));
  return nodes;
}
