// Keys for everything. Letters are taken by their place on the keyboard together with Alt, since Alt changes what they type on some systems.

const keys = {
  KeyN: "begin", KeyF: "search", KeyM: "model", KeyS: "dials", KeyA: "attach", KeyR: "again", KeyC: "copyLast", KeyI: "compose",
  Comma: ["branch", -1], Period: ["branch", 1], ArrowUp: ["message", -1], ArrowDown: ["message", 1], Slash: "keys",
};

/** Calls an act for each shortcut. */
export function bindShortcuts(acts) {
  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      if (document.querySelector(".popup:popover-open")) return;
      if (acts.stop() || acts.closePanel()) event.preventDefault();
    } else if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key === "/") {
      event.preventDefault();
      acts.keys();
    } else if (event.altKey && !event.ctrlKey && !event.metaKey && keys[event.code]) {
      event.preventDefault();
      const [act, value] = [keys[event.code]].flat();
      acts[act](value);
    }
  });
}
