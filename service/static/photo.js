// The citizen's own photos, drawn on this device: places marked on them, and the piece that an entry was read from.
// The files are those that were chosen here.
import { make, say, words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDEST = 900;
const SNIPPET_HIGH = 44;

/** The picture in a file as a viewer shows it, or null when this browser cannot show it. */
export async function picture(file) {
  try {
    return await createImageBitmap(file);
  } catch {
    return null;
  }
}

/** The picture on a canvas, no wider than `widest`. */
export function drawn(bitmap, widest) {
  const scale = Math.min(1, widest / bitmap.width);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Corners from "x,y x,y x,y x,y", clockwise from the one that is top left when reading. */
export function corners(text) {
  return text.split(" ").map((pair) => pair.split(",").map(Number));
}

/** A figure of the photo with each place outlined and numbered. `marks`: [{number, place}]. */
export function marked(bitmap, marks, caption) {
  const canvas = drawn(bitmap, WIDEST);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${bitmap.width} ${bitmap.height}`);
  svg.setAttribute("aria-hidden", "true");
  const unit = bitmap.width / 100;
  for (const { number, place } of marks) svg.append(...outline(corners(place), number, unit));
  const where = marks.map(({ number, place }) => `${number}: ${position(corners(place), bitmap).vi}`).join("; ");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${caption}. Vị trí được đánh dấu – ${where}`);
  const list = make("ul", "places");
  for (const { number, place } of marks) {
    const { vi, en } = position(corners(place), bitmap);
    list.append(make("li", "", ...say(`Vị trí ${number}: ${vi}`, `Place ${number}: ${en}`)));
  }
  return make("figure", "photo", make("div", "stage", canvas, svg), make("figcaption", "", caption, list));
}

/** The piece of the photo within these corners, turned upright; null for a place that is none. */
export function snippet(bitmap, place) {
  const [a, b, , d] = corners(place);
  const wide = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const high = Math.hypot(d[0] - a[0], d[1] - a[1]);
  if (!(wide > 1 && high > 1)) return null;
  const margin = high * 0.25;
  const scale = (SNIPPET_HIGH * 2) / (high + 2 * margin);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round((wide + 2 * margin) * scale));
  canvas.height = SNIPPET_HIGH * 2;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.scale(scale, scale);
  context.translate(margin, margin);
  context.rotate(-Math.atan2(b[1] - a[1], b[0] - a[0]));
  context.drawImage(bitmap, -a[0], -a[1]);
  return canvas;
}

function outline(points, number, unit) {
  const text = points.map((p) => p.join(",")).join(" ");
  const shapes = ["halo", "line"].map((name) => {
    const shape = document.createElementNS(SVG, "polygon");
    shape.setAttribute("points", text);
    shape.setAttribute("class", name);
    shape.setAttribute("stroke-width", String(unit * (name === "halo" ? 1.6 : 0.8)));
    return shape;
  });
  // The number stands before the place, not on the writing in it.
  const r = unit * 3.2;
  const x = Math.max(r * 1.1, Math.min(...points.map((p) => p[0])) - r * 1.3);
  const y = Math.max(r * 1.1, (Math.min(...points.map((p) => p[1])) + points[0][1]) / 2);
  const disc = document.createElementNS(SVG, "circle");
  for (const [name, value] of [["cx", x], ["cy", y], ["r", r]]) disc.setAttribute(name, String(value));
  const label = document.createElementNS(SVG, "text");
  for (const [name, value] of [["x", x], ["y", y + r * 0.36], ["font-size", r * 1.2]]) label.setAttribute(name, String(value));
  label.textContent = String(number);
  return [...shapes, disc, label];
}

/** Where on the picture a place is, as {vi, en}. */
function position(points, { width, height }) {
  const x = points.reduce((sum, p) => sum + p[0], 0) / points.length / width;
  const y = points.reduce((sum, p) => sum + p[1], 0) / points.length / height;
  const wide = Math.max(...points.map((p) => p[0])) - Math.min(...points.map((p) => p[0]));
  const high = Math.max(...points.map((p) => p[1])) - Math.min(...points.map((p) => p[1]));
  if (wide > 0.75 * width && high > 0.75 * height) return words("gần như cả ảnh", "nearly the whole photo");
  const rows = [words("phía trên", "top"), words("ở giữa", "middle"), words("phía dưới", "bottom")];
  const columns = [words("bên trái", "left"), words("", ""), words("bên phải", "right")];
  const third = (share) => Math.min(2, Math.max(0, Math.floor(share * 3)));
  const [row, column] = [rows[third(y)], columns[third(x)]];
  if (row === rows[1] && column === columns[1]) return words("giữa ảnh", "the middle of the photo");
  return words(`${row.vi} ${column.vi}`.trim(), `${row.en} ${column.en}`.trim());
}
