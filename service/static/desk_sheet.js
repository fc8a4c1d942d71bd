// The page of the scan: where the field stands on it, and its place drawn or moved by mouse or keys.
import { Zoom } from "./desk_zoom.js";

const STEP = 12; // pixels of the screen that an arrow moves a place
const PAD = 4; // pixels of the screen between a place and its outline, so that no mark is hidden
const SVG = "http://www.w3.org/2000/svg";

/** Shows pages in `root` (the sheet of desk_work.html). `listener.drawn(box)` when a place was drawn, null when not. */
export class Sheet {
  #turn = null;
  #box = null; // four corners on the page as it is shown
  #drawn = null;
  #drawing = false;
  #from = null; // where the pointer went down that draws a place

  constructor(root, listener) {
    this.root = root;
    this.listener = listener;
    this.svg = root.querySelector("svg");
    this.image = this.svg.querySelector("image");
    this.frame = root.querySelector(".frame");
    this.#zoom = new Zoom(this.svg, { drawn: () => this.#outlines(), own: () => this.#drawing });
    this.svg.addEventListener("pointerdown", (event) => this.#down(event));
    this.svg.addEventListener("pointermove", (event) => this.#move(event));
    this.svg.addEventListener("pointerup", (event) => this.#up(event));
    this.svg.addEventListener("pointercancel", () => (this.#from = null));
    this.frame.addEventListener("keydown", (event) => this.#key(event));
  }

  #zoom;

  /** `picture` null: the page cannot be shown; undefined: it is on its way. `size`: of the page in scan pixels, which
   * `box` counts in; `turn`: how many degrees clockwise make it upright. */
  show(picture, [width, height], box, turn) {
    this.#turn = new Turn(width, height, turn);
    this.#zoom.size = turn % 180 ? [height, width] : [width, height];
    this.#box = box?.map((point) => this.#turn.shown(point)) ?? null;
    this.#drawn = null;
    this.#drawing = false;
    this.frame.classList.remove("drawing");
    this.root.classList.toggle("missing", picture === null);
    if (picture) this.image.setAttribute("href", picture.url);
    else this.image.removeAttribute("href");
    this.image.setAttribute("width", width);
    this.image.setAttribute("height", height);
    this.image.setAttribute("transform", this.#turn.transform);
    this.toPlace();
  }

  /** The place that was drawn, in scan pixels, clockwise from its top left as it is read; null without one. */
  get drawn() {
    return this.#drawn?.map((point) => this.#turn.scanned(point)) ?? null;
  }

  /** To the field's place, as large as it can be read with what stands around it. */
  toPlace() {
    const box = this.#drawn ?? this.#box;
    if (box) this.#zoom.to(bounds(box));
    else this.whole();
  }

  whole() {
    this.#zoom.whole();
  }

  zoom(factor) {
    this.#zoom.zoom(factor);
  }

  /** By parts of what is seen. */
  pan(right, down) {
    this.#zoom.pan(right, down);
  }

  /** Begins to draw or move the place; keys go to it until it is done. */
  draw() {
    this.#drawing = true;
    this.before = this.#drawn;
    this.#drawn ??= this.#box?.map((point) => [...point]) ?? this.#middle();
    this.frame.classList.add("drawing");
    this.frame.focus();
    this.#outlines();
  }

  #finish(keep) {
    this.#drawing = false;
    if (!keep) this.#drawn = this.before;
    this.frame.classList.remove("drawing");
    this.#outlines();
    this.listener.drawn(keep ? this.drawn : null);
  }

  #middle() {
    const [x, y] = this.#zoom.centre;
    const { scale } = this.#zoom;
    return rectangle(x - 100 * scale, y - 18 * scale, x + 100 * scale, y + 18 * scale);
  }

  #key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const arrow = event.ctrlKey || event.altKey || event.metaKey ? null : arrows[event.key];
    let taken = true;
    if (this.#drawing && event.key === "Enter") this.#finish(true);
    else if (this.#drawing && event.key === "Escape") this.#finish(false);
    else if (this.#drawing && arrow) this.#shift(arrow, event.shiftKey);
    else if (event.key === "0") this.toPlace();
    else taken = this.#zoom.key(event);
    if (taken) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  #shift([right, down], resize) {
    const step = STEP * this.#zoom.scale;
    if (resize) {
      const [left, top, was, bottom] = bounds(this.#drawn);
      this.#drawn = rectangle(left, top, Math.max(was + right * step, left + step), Math.max(bottom + down * step, top + step));
    } else this.#drawn = this.#drawn.map(([x, y]) => [x + right * step, y + down * step]);
    this.#drawn = this.#drawn.map((point) => this.#inside(point));
    this.#outlines();
  }

  #inside([x, y]) {
    const [width, height] = this.#zoom.size;
    return [Math.min(Math.max(x, 0), width), Math.min(Math.max(y, 0), height)];
  }

  #down(event) {
    if (event.button !== 0) return;
    event.preventDefault(); // the input keeps the focus
    if (!this.#drawing) return;
    this.svg.setPointerCapture(event.pointerId);
    this.#from = { place: this.#zoom.at(event), x: event.clientX, y: event.clientY };
  }

  #move(event) {
    if (!this.#from) return;
    const [[x1, y1], [x2, y2]] = [this.#inside(this.#from.place), this.#inside(this.#zoom.at(event))];
    this.#drawn = rectangle(Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2));
    this.#outlines();
  }

  #up(event) {
    const moved = this.#from && Math.hypot(event.clientX - this.#from.x, event.clientY - this.#from.y) > 6;
    this.#from = null;
    if (this.#drawing && moved) this.#finish(true);
  }

  #outlines() {
    this.#outline("place", this.#box);
    this.#outline("drawn", this.#drawn);
  }

  #outline(kind, box) {
    for (const each of this.svg.querySelectorAll(`.${kind}`)) each.remove();
    if (!box) return;
    for (const layer of ["halo", "stroke"]) {
      const made = document.createElementNS(SVG, "polygon");
      made.setAttribute("class", `${kind} ${layer}`);
      made.setAttribute("points", around(box, kind === "place" ? PAD * this.#zoom.scale : 0).map((point) => point.join(",")).join(" "));
      this.svg.append(made);
    }
  }
}

/** From a page as scanned to the page upright, and back. */
class Turn {
  constructor(width, height, degrees) {
    const [w, h] = [width, height];
    this.shown = { 90: ([x, y]) => [h - y, x], 180: ([x, y]) => [w - x, h - y], 270: ([x, y]) => [y, w - x] }[degrees] ?? same;
    this.scanned = { 90: ([x, y]) => [y, h - x], 180: ([x, y]) => [w - x, h - y], 270: ([x, y]) => [w - y, x] }[degrees] ?? same;
    const moves = { 90: `translate(${h} 0) `, 180: `translate(${w} ${h}) `, 270: `translate(0 ${w}) ` };
    this.transform = `${moves[degrees] ?? ""}rotate(${degrees})`;
  }
}

function same(point) {
  return point;
}

function bounds(box) {
  const [xs, ys] = [box.map(([x]) => x), box.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The four corners moved outward, along the sides. */
function around([a, b, c, d], by) {
  const along = ([x1, y1], [x2, y2]) => {
    const long = Math.hypot(x2 - x1, y2 - y1) || 1;
    return [((x2 - x1) / long) * by, ((y2 - y1) / long) * by];
  };
  const [[rx, ry], [dx, dy]] = [along(a, b), along(a, d)];
  return [
    [a[0] - rx - dx, a[1] - ry - dy], [b[0] + rx - dx, b[1] + ry - dy],
    [c[0] + rx + dx, c[1] + ry + dy], [d[0] - rx + dx, d[1] - ry + dy],
  ];
}

function rectangle(left, top, right, bottom) {
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/** Corners as a page writes them, "x,y x,y …"; null where there are none. */
export function corners(text) {
  const points = (text ?? "").split(" ").filter(Boolean).map((point) => point.split(",").map(Number));
  return points.length === 4 ? points : null;
}
