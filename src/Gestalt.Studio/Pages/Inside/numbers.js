// Numbers of a model: how they come, what they amount to, and how they look.

/** Little-endian float32 in base64. */
export function floats(base64) {
  const binary = atob(base64), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return new Float32Array(bytes.buffer);
}

/** Bytes in base64. */
export function shades(base64) {
  const binary = atob(base64), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The Euclidean norm. */
export const norm = values => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** A probability as a person reads it. */
export const percent = share => share >= .9995 ? "100 %" : share >= .1 ? `${(100 * share).toFixed(0)} %` : share >= .001 ? `${(100 * share).toFixed(1)} %` : share > 0 ? "< 0.1 %" : "0 %";

/**
 * The distribution at a temperature, cut to the smallest set of tokens that holds a share topP of it, exactly as the sampler does: softmax of the logits over the temperature, then the likeliest
 * tokens until their sum reaches topP. Temperature 0 is the likeliest token alone.
 */
export function distribution(logits, order, temperature, topP) {
  const probabilities = new Float64Array(logits.length);
  if (temperature === 0) {
    probabilities[order[0]] = 1;
    return { raw: probabilities, kept: 1, mass: 1, entropy: 0 };
  }
  const highest = logits[order[0]];
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += probabilities[i] = Math.exp((logits[i] - highest) / temperature);
  let entropy = 0;
  for (let i = 0; i < logits.length; i++) {
    probabilities[i] /= sum;
    if (probabilities[i] > 0) entropy -= probabilities[i] * Math.log2(probabilities[i]);
  }
  let kept = 0, mass = 0;
  while (kept < order.length && (mass < topP - 1e-12 || kept === 0)) mass += probabilities[order[kept++]];
  if (topP >= 1) { kept = order.length; mass = 1; }
  return { raw: probabilities, kept, mass, entropy };
}

/** A token drawn from the kept part of a distribution. */
export function draw({ raw, kept, mass }, order) {
  let left = Math.random() * mass;
  for (let i = 0; i < kept; i++) {
    left -= raw[order[i]];
    if (left <= 0) return order[i];
  }
  return order[kept - 1];
}

const colours = {};
/** The colours of numbers, as the page's light or dark wants them: below zero, zero, above zero. */
function palette() {
  const style = getComputedStyle(document.querySelector("[data-inside]"));
  for (const name of ["below", "zero", "above"]) colours[name] = rgb(style.getPropertyValue(`--${name}`));
  return colours;
}

/** Any colour of a style sheet as three numbers, by way of a canvas, which knows them all. */
function rgb(text) {
  const probe = document.createElement("span");
  probe.style.color = text;
  document.body.append(probe);
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data;
}

/** Draws numbers as cells, one each, in as many rows as it takes: the stronger the colour, the further from zero. */
export function cells(canvas, values, { columns = Math.min(values.length, 64), limit = null, size = 6 } = {}) {
  const rows = Math.ceil(values.length / columns), { below, zero, above } = palette();
  canvas.width = columns;
  canvas.height = rows;
  canvas.style.width = `${columns * size}px`;
  canvas.style.aspectRatio = `${columns} / ${rows}`;
  const context = canvas.getContext("2d"), image = context.createImageData(columns, rows);
  const most = limit ?? (values.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1);
  for (let i = 0; i < values.length; i++) {
    const share = Math.min(1, Math.abs(values[i]) / most) ** .7, end = values[i] < 0 ? below : above;
    for (let channel = 0; channel < 3; channel++) image.data[4 * i + channel] = zero[channel] + (end[channel] - zero[channel]) * share;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Draws the lower triangle of a square of bytes, row after row; what lies above it stays empty. */
export function triangle(canvas, weights, tokens, { from = 0, mark = -1 } = {}) {
  const side = tokens - from, { zero, above } = palette();
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d"), image = context.createImageData(side, side);
  for (let row = from; row < tokens; row++) {
    const start = row * (row + 1) / 2;
    for (let column = from; column <= row; column++) {
      const share = (weights[start + column] / 255) ** .6, at = 4 * ((row - from) * side + column - from);
      for (let channel = 0; channel < 3; channel++) image.data[at + channel] = zero[channel] + (above[channel] - zero[channel]) * share;
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

/** What a vector amounts to, in words. */
export function described(values, what) {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity), most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return `${what}: ${values.length} numbers from ${least.toFixed(2)} to ${most.toFixed(2)}, norm ${norm(values).toFixed(2)}; the first: ${[...values.slice(0, 6)].map(value => value.toFixed(2)).join(", ")}`;
}
