// Building pages from modules: elements without markup, so that no text can ever become any.

/** An element. Properties starting with "on" are listeners, "data"/"aria" objects become attributes, null leaves a property out. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2).toLowerCase(), value);
    else if (name === "class") element.className = value;
    else if (name === "data" || name === "aria") for (const [key, part] of Object.entries(value)) setAttribute(element, `${name}-${key}`, part);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

function setAttribute(element, name, value) {
  if (value !== null && value !== undefined) element.setAttribute(name, value);
}

const svg = "http://www.w3.org/2000/svg";

/** A drawing of icons.svg; what it means is said by the control around it. */
export function icon(name) {
  const drawing = document.createElementNS(svg, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

/** A small square button with a drawing; the label is its name and its tooltip. */
export function iconButton(name, label, onClick, properties = {}) {
  return el("button", { type: "button", class: "icon-button small", title: label, aria: { label }, onClick, ...properties }, icon(name));
}

/** Says something to those who cannot see it, once, when the page has come to rest. */
export function announce(text) {
  const region = document.getElementById("announcer");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

/** Opens a popover beside the button that asked for it, inside the window. */
export function openBeside(popover, button) {
  popover.showPopover();
  const anchor = button.getBoundingClientRect(), box = popover.getBoundingClientRect();
  const below = anchor.bottom + 4 + box.height <= innerHeight;
  popover.style.left = `${Math.max(8, Math.min(anchor.right - box.width, innerWidth - box.width - 8))}px`;
  popover.style.top = `${below ? anchor.bottom + 4 : Math.max(8, anchor.top - 4 - box.height)}px`;
}

/** Waits until calls have stopped for a while, then calls with the last arguments. */
export function settled(milliseconds, action) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

/** 1234567 bytes as 1.2 MB. */
export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) { count /= 1000; unit++; }
  return `${unit === 0 || count >= 100 ? Math.round(count) : count.toFixed(1)} ${units[unit]}`;
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** 1234567 as 1,234,567. */
export const number = count => whole.format(count);

/** Asks the user before something that cannot be undone; resolves to whether it shall be. */
export function confirmed(title, text, action) {
  return new Promise(resolve => {
    const dialog = el("dialog", { aria: { labelledby: "confirm-title" }, onClose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      el("form", { method: "dialog" },
        el("div", { class: "dialog-head" }, el("h2", { id: "confirm-title" }, title)),
        el("div", { class: "dialog-body" }, el("p", {}, text)),
        el("div", { class: "dialog-foot" }, el("button", { class: "button", value: "no" }, "Cancel"), el("button", { class: "button alarm", value: "yes" }, action))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A short list of commands beside a button: [icon, label, action]. Arrow keys move, Escape closes, and the button has the focus again. */
export function popup(button, label, commands) {
  const choose = action => () => { list.hidePopover(); action(); };
  const list = el("div", { class: "popup", popover: "auto", role: "group", aria: { label }, onKeydown: move, onToggle: event => {
    if (event.newState !== "closed") return;
    button.setAttribute("aria-expanded", "false");
    list.remove();
  } }, commands.map(([name, text, action]) => el("button", { type: "button", onClick: choose(action) }, icon(name), text)));
  (button.closest("dialog") ?? document.body).append(list);
  button.setAttribute("aria-expanded", "true");
  openBeside(list, button);
  list.firstElementChild.focus();

  function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], entries = [...list.children];
    if (step === undefined) return;
    event.preventDefault();
    entries.at((entries.indexOf(document.activeElement) + step) % entries.length).focus();
  }
}
