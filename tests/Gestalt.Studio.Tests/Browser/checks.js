// Looks at a page as axe does, with rules of our own: returns one sentence for each thing that is wrong.
(() => {
  const wrong = [], say = (element, text) => wrong.push(`${describe(element)}: ${text}`);
  const describe = element => `<${element.tagName.toLowerCase()}${element.id ? ` id=${element.id}` : ""}${element.className && typeof element.className === "string" ? ` class="${element.className}"` : ""}> "${(element.innerText ?? element.textContent ?? "").trim().slice(0, 40)}"`;
  const isShown = element => element.checkVisibility({ opacityProperty: false, visibilityProperty: true }) && element.getClientRects().length > 0;
  const all = selector => [...document.querySelectorAll(selector)].filter(isShown);
  const modal = document.querySelector("dialog[open]");
  const scope = element => !modal || modal.contains(element);

  // Names.
  const named = element => {
    const by = element.getAttribute("aria-labelledby");
    if (by) return by.split(" ").map(id => document.getElementById(id)?.textContent ?? "").join(" ").trim();
    if (element.getAttribute("aria-label")?.trim()) return element.getAttribute("aria-label").trim();
    if (element.labels?.length) return [...element.labels].map(label => label.textContent).join(" ").trim();
    if (element.matches("input, select, textarea, meter, progress")) return element.title.trim();
    return textOf(element) || element.title?.trim();
  };
  const textOf = element => [...element.childNodes].map(node => node.nodeType === 3 ? node.data : node.nodeType !== 1 || node.getAttribute("aria-hidden") === "true" ? "" : node.matches("img, [role=img]") ? node.getAttribute("alt") ?? node.getAttribute("aria-label") ?? "" : textOf(node)).join("").trim();
  const controls = all("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [role=slider], [tabindex='0'], progress, meter").filter(scope);
  for (const control of controls) if (!named(control)) say(control, "has no name");
  for (const image of all("img")) if (!image.hasAttribute("alt")) say(image, "has no alt text");
  for (const drawing of all("svg")) if (drawing.getAttribute("aria-hidden") !== "true" && !named(drawing) && !drawing.querySelector("title") && !drawing.closest("[aria-hidden=true], [role=img]")) say(drawing, "is neither hidden nor named");

  // References.
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) wrong.push(`two elements have the id ${id}`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for", "popovertarget"])
    for (const element of document.querySelectorAll(`[${attribute}]`))
      for (const id of element.getAttribute(attribute).split(" ")) if (!document.getElementById(id)) say(element, `${attribute} names ${id}, which is not there`);

  // Order.
  if (!document.documentElement.lang) wrong.push("the page has no language");
  if (!document.title.trim()) wrong.push("the page has no title");
  if (document.querySelectorAll("main").length !== 1) wrong.push("there is not one main part");
  for (const landmark of ["nav", "aside"]) for (const element of all(landmark)) if (!named(element) || element.getAttribute("aria-label") === null && element.getAttribute("aria-labelledby") === null) say(element, "is a landmark without a name");
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(element => element.checkVisibility() && !element.closest("dialog"));
  if (headings.filter(heading => heading.tagName === "H1").length !== 1) wrong.push(`there are ${headings.filter(heading => heading.tagName === "H1").length} h1`);
  headings.reduce((above, heading) => {
    const level = Number(heading.tagName[1]);
    if (level > above + 1) say(heading, `is of level ${level}, after one of level ${above}`);
    return level;
  }, 0);
  for (const node of textNodes()) if (!node.parentElement.closest("main, header, nav, aside, footer, dialog, [role=status], .skip, noscript, .popup")) say(node.parentElement, "stands outside all landmarks");
  for (const list of all("ul, ol")) for (const child of list.children) if (child.tagName !== "LI") say(child, "is in a list and no item of it");

  // Targets.
  for (const control of controls.filter(element => element.matches("a[href], button, input, select, textarea, summary") && !element.disabled)) {
    const box = control.getBoundingClientRect();
    const inText = control.matches("a") && getComputedStyle(control).display === "inline";
    if (!inText && !control.closest(".skip") && !control.matches(".skip") && (box.width < 23.9 || box.height < 23.9)) say(control, `is a target of ${box.width.toFixed(0)} × ${box.height.toFixed(0)} pixels`);
  }

  // Contrast, of the colours that are really there.
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true }), known = new Map();
  const colour = text => {
    if (!known.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = (top, bottom) => top.slice(0, 3).map((value, at) => value * top[3] + bottom[at] * (1 - top[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = colour(getComputedStyle(at).backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
      if (at.matches("dialog, [popover]:popover-open")) break;
    }
    const canvasColour = colour(getComputedStyle(document.body).backgroundColor);
    return layers.reverse().reduce((bottom, top) => over(top, bottom), canvasColour[3] === 1 ? canvasColour : [255, 255, 255, 1]);
  };
  const luminance = ([r, g, b]) => [r, g, b].map(value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4).reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const contrast = (a, b) => { const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x); return (high + 0.05) / (low + 0.05); };
  const opacity = element => { let product = 1; for (let at = element; at; at = at.parentElement) product *= Number(getComputedStyle(at).opacity); return product; };
  const seen = new Set();
  for (const node of textNodes()) {
    const element = node.parentElement;
    if (seen.has(element) || element.closest(":disabled, [aria-disabled=true], .unseen, svg") || !scope(element) || opacity(element) === 0) continue;
    seen.add(element);
    const style = getComputedStyle(element), background = behind(element);
    const own = colour(style.color), front = over([own[0], own[1], own[2], own[3] * opacity(element)], background);
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = contrast(front, background);
    if (ratio < (isLarge ? 3 : 4.5)) say(element, `has a contrast of ${ratio.toFixed(2)} (${style.color} on rgb(${background.slice(0, 3).map(Math.round)}))`);
  }
  for (const field of all("input, textarea").filter(scope)) {
    if (!field.placeholder || field.value) continue;
    const ratio = contrast(over(colour(getComputedStyle(field, "::placeholder").color), behind(field)), behind(field));
    if (ratio < 4.5) say(field, `has a placeholder with a contrast of ${ratio.toFixed(2)}`);
  }
  for (const field of all(".input, .textarea").filter(scope)) {
    const ratio = contrast(over(colour(getComputedStyle(field).borderTopColor), behind(field.parentElement)), behind(field.parentElement));
    if (ratio < 3) say(field, `has an edge with a contrast of ${ratio.toFixed(2)}`);
  }

  // Width.
  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`the page is ${document.documentElement.scrollWidth} pixels wide in a window of ${innerWidth}`);
  for (const control of controls) {
    const box = control.getBoundingClientRect();
    if (box.right > innerWidth + 1 && !scrolls(control) && !control.closest(".skip")) say(control, `ends at ${box.right.toFixed(0)}, beyond the window's ${innerWidth}`);
  }
  return wrong;

  function scrolls(element) {
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(at).overflowX) && at.getBoundingClientRect().right <= innerWidth + 1) return true;
    return false;
  }

  function textNodes() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, node => node.data.trim() !== "" && !node.parentElement.closest("script, style, noscript, option") && isShown(node.parentElement) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  }
})()
