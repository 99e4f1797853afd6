// The bytes of a token as a person can read them.

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3ffff}]/u;
const bare = /[\p{Mn}\p{Me}\u200b-\u200f\ufe00-\ufe0f]/u;

/** "e282ac" as bytes. */
export function fromHex(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.substr(2 * i, 2), 16);
  return bytes;
}

/** "20746865" as "20 74 68 65". */
export const spacedHex = hex => hex.replace(/..(?=.)/g, "$& ");

/** Bytes as text; null where they are part of a character only. */
export function text(hex) {
  try { return decoder.decode(fromHex(hex)); } catch { return null; }
}

/** What stands for a character that is not seen: line ends, tabs, other control characters. */
const signOf = character => character === "\n" ? "⏎" : character === "\r" ? "␍" : character === "\t" ? "⇥" : character < " " ? String.fromCodePoint(0x2400 + character.codePointAt(0)) : character === "\x7f" ? "␡" : null;

/** A token's spelling: its parts (signs apart from text), how many columns it takes, whether a line ends in it, whether it is only a part of a character. */
export function spell(hex) {
  const plain = text(hex);
  if (plain === null) return { plain: null, parts: [{ text: `‹${spacedHex(hex)}›`, isSign: false }], columns: Math.ceil(.8 * (3 * hex.length / 2 + 1)), breaks: false, isRaw: true };
  const parts = [];
  let columns = 0;
  for (const character of plain) {
    const sign = signOf(character), last = parts.at(-1);
    columns += sign !== null ? 1 : bare.test(character) ? 0 : wide.test(character) ? 2 : 1;
    if (last && last.isSign === (sign !== null)) last.text += sign ?? character;
    else parts.push({ text: sign ?? character, isSign: sign !== null });
  }
  return { plain, parts, columns: Math.max(1, columns), breaks: plain.includes("\n"), isRaw: false };
}

/** A token in quotation marks, blanks seen, for labels and sentences. */
export function quoted(hex) {
  const { parts } = spell(hex);
  return `“${parts.map(part => part.isSign ? part.text : part.text.replaceAll(" ", "␣")).join("")}”`;
}
