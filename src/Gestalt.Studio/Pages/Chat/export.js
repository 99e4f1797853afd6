// A conversation as a file: what is shown as Markdown, or all of it, with every branch, as JSON.
import { el } from "../shell/dom.js";
import { fullText } from "./tree.js";

/** The path that is shown, to be read by people. */
export function asMarkdown(conversation) {
  const parts = [`# ${conversation.title || "Conversation"}`];
  if (conversation.system.trim()) parts.push(`*System:* ${conversation.system.trim()}`);
  for (const message of conversation.path()) {
    if (message.role === "user") parts.push("## You", fullText(message));
    else if (message.role === "tool") parts.push(`*${message.name} answered:*`, fenced(message.content));
    else {
      parts.push(`## ${message.model ?? "Model"}`);
      if (message.reasoning) parts.push(`<details><summary>Thought</summary>\n\n${message.reasoning.trim()}\n\n</details>`);
      if (message.content) parts.push(message.content);
      for (const call of message.toolCalls ?? []) parts.push(`*Calls ${call.name}:*`, fenced(call.arguments));
    }
  }
  return `${parts.join("\n\n")}\n`;
}

/** Text between more ticks than it has itself. */
function fenced(text) {
  const ticks = "`".repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map(run => run.length + 1)));
  return `${ticks}\n${text}\n${ticks}`;
}

/** Hands a text to the user as a file. */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** A name for the file, of letters that every system takes. */
export const fileName = title => (title || "conversation").normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60).toLowerCase() || "conversation";
