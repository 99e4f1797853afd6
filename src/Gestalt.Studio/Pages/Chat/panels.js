// The columns at the sides: beside the conversation where there is room, over it where there is none.

/** Makes the buttons of the panels work. */
export function bindPanels(root) {
  const opener = name => root.querySelector(`[data-open="${name}"]`), panel = name => root.querySelector(`#${name}`);
  const isOpen = name => name === "history" ? panel(name).classList.contains("open") : !panel(name).hidden;
  const set = (name, open) => {
    if (name === "history") panel(name).classList.toggle("open", open);
    else panel(name).hidden = !open;
    opener(name).setAttribute("aria-expanded", String(open));
  };
  const open = name => {
    if (isOpen(name)) return;
    for (const other of ["history", "dials"]) if (other !== name && innerWidth < 1200) set(other, false);
    set(name, true);
    panel(name).querySelector(name === "history" ? "[data-new]" : "[data-system]").focus();
  };
  const close = name => {
    if (!isOpen(name)) return false;
    const had = panel(name).contains(document.activeElement);
    set(name, false);
    if (had) opener(name).focus();
    return true;
  };
  for (const button of root.querySelectorAll("[data-open]")) button.addEventListener("click", () => isOpen(button.dataset.open) ? close(button.dataset.open) : open(button.dataset.open));
  for (const button of root.querySelectorAll("[data-close]")) button.addEventListener("click", () => close(button.dataset.close));
  return { open, close, toggle: name => isOpen(name) ? close(name) : open(name), closeTop: () => close("dials") || close("history") };
}
