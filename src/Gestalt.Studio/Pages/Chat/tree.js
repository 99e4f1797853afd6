// A conversation is a tree: editing a message or asking again grows a branch beside the old one, and nothing is lost. What is shown is one path from the root to a leaf.

let last = 0;

/** A name that no other message of this conversation has; later ones are larger. */
function newId() {
  last = Math.max(last + 1, Date.now());
  return last.toString(36);
}

/** Messages with their parents, and which child of each is shown. */
export class Conversation {
  constructor(document = {}) {
    this.title = document.title ?? "";
    this.model = document.model ?? null;
    this.system = document.system ?? "";
    this.sampling = document.sampling ?? {};
    this.tools = document.tools ?? [];
    this.messages = (document.messages ?? []).map(message => ({ ...message, parent: message.parent ?? null }));
    this.chosen = document.chosen ?? {};
  }

  /** What the store keeps. */
  toJSON() {
    const { title, model, system, sampling, tools, messages, chosen } = this;
    return { title, model, system, sampling, tools, messages, chosen };
  }

  /** The messages that may follow one (null: that may begin), the oldest first. */
  children(parent) {
    return this.messages.filter(message => message.parent === parent);
  }

  /** The messages that are shown, in their order. */
  path() {
    const path = [];
    for (let parent = null; ;) {
      const children = this.children(parent);
      if (children.length === 0) return path;
      const next = children.find(message => message.id === this.chosen[parent ?? ""]) ?? children.at(-1);
      path.push(next);
      parent = next.id;
    }
  }

  /** The messages from the root down to one. */
  upTo(id) {
    const byId = new Map(this.messages.map(message => [message.id, message]));
    const path = [];
    for (let message = byId.get(id); message; message = byId.get(message.parent)) path.unshift(message);
    return path;
  }

  /** Puts a message behind another one (null: at the beginning) and shows it. */
  add(parent, message) {
    const added = { id: newId(), parent, created: new Date().toISOString(), ...message };
    this.messages.push(added);
    this.show(added);
    return added;
  }

  /** Shows a message in place of those beside it. */
  show(message) {
    this.chosen[message.parent ?? ""] = message.id;
  }

  /** Takes a message away, and all that follows it. */
  remove(message) {
    const gone = new Set([message.id]);
    for (const other of this.messages) if (gone.has(other.parent)) gone.add(other.id);
    this.messages = this.messages.filter(other => !gone.has(other.id));
    for (const [parent, child] of Object.entries(this.chosen)) if (gone.has(parent) || gone.has(child)) delete this.chosen[parent];
  }
}

/** What the model reads of a user's message: attached files first, then the text. */
export function fullText(message) {
  const files = (message.attachments ?? []).map(file => `<file name="${file.name.replaceAll('"', "'")}">\n${file.text}\n</file>\n\n`);
  return files.join("") + (message.content ?? "");
}

/** Messages as the API takes them. */
export function asRequest(system, path) {
  const messages = system.trim() === "" ? [] : [{ role: "system", content: system }];
  for (const message of path) {
    if (message.role === "user") messages.push({ role: "user", content: fullText(message) });
    else if (message.role === "tool") messages.push({ role: "tool", tool_call_id: message.call, content: message.content });
    else {
      const calls = (message.toolCalls ?? []).map(call => ({ id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } }));
      if (message.content || calls.length > 0) messages.push({ role: "assistant", content: message.content ?? "", ...(calls.length > 0 ? { tool_calls: calls } : {}) });
    }
  }
  return messages;
}

/** A conversation's name: the beginning of what was said first. */
export function titleOf(text) {
  const line = text.trim().split("\n")[0].replace(/\s+/g, " ");
  if (line.length <= 60) return line;
  const cut = line.slice(0, 60);
  return `${cut.slice(0, cut.lastIndexOf(" ") > 30 ? cut.lastIndexOf(" ") : 60)}…`;
}
