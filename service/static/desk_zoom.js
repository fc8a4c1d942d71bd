// A picture that is zoomed and moved by wheel, keys, mouse and fingers, drawn as the viewBox of an SVG.

const MOST = 20; // pixels of the picture for one of the screen
const LEAST = 0.1;
const WHEEL = 1.15;

/** The view of `svg` on a picture. `listener.drawn()` after each change; `listener.own(event)`: true where a pointer is
 * somebody else's, for example draws a place. */
export class Zoom {
  size = [1, 1]; // of the picture
  #view = { x: 0, y: 0, scale: 1 }; // centre, and pixels of the picture for one of the screen
  #pointers = new Map();
  #drag = null;

  constructor(svg, listener) {
    Object.assign(this, { svg, listener });
    new ResizeObserver(() => this.draw()).observe(svg);
    svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (event) => this.#up(event));
  }

  get scale() {
    return this.#view.scale;
  }

  get centre() {
    return [this.#view.x, this.#view.y];
  }

  /** Where on the picture a pointer is. */
  at({ clientX, clientY }) {
    const place = this.svg.getBoundingClientRect();
    const { x, y, scale } = this.#view;
    return [x + (clientX - place.left - place.width / 2) * scale, y + (clientY - place.top - place.height / 2) * scale];
  }

  /** To a part of the picture, as large as it can be read with what stands around it. */
  to([left, top, right, bottom]) {
    const wide = this.svg.clientWidth || 600;
    const scale = Math.max((right - left) / (wide * 0.55), ((bottom - top) * 5) / (this.svg.clientHeight || 400), 0.45);
    this.#view = { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.min(scale, this.size[0] / wide) };
    this.draw();
  }

  whole() {
    const scale = Math.max(this.size[0] / (this.svg.clientWidth || 600), this.size[1] / (this.svg.clientHeight || 400));
    this.#view = { x: this.size[0] / 2, y: this.size[1] / 2, scale };
    this.draw();
  }

  /** Larger by `factor`; what is at `point` of the picture stays where it is on the screen. */
  zoom(factor, point = this.centre) {
    const view = this.#view;
    const scale = Math.min(Math.max(view.scale / factor, LEAST), MOST);
    const kept = scale / view.scale;
    this.#view = { x: point[0] + (view.x - point[0]) * kept, y: point[1] + (view.y - point[1]) * kept, scale };
    this.draw();
  }

  /** By parts of what is seen. */
  pan(right, down) {
    this.#view.x += right * this.svg.clientWidth * this.#view.scale;
    this.#view.y += down * this.svg.clientHeight * this.#view.scale;
    this.draw();
  }

  /** Arrows, +, −: true where the key was one of these. */
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const arrows = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] };
    if (event.key in arrows) this.pan(...arrows[event.key]);
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else return false;
    return true;
  }

  draw() {
    const [wide, high] = [this.svg.clientWidth, this.svg.clientHeight];
    if (!wide || !high) return;
    const { x, y, scale } = this.#view;
    const part = [x - (wide * scale) / 2, y - (high * scale) / 2, wide * scale, high * scale];
    this.svg.setAttribute("viewBox", part.map((n) => n.toFixed(2)).join(" "));
    this.listener.drawn?.();
  }

  #wheel(event) {
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? WHEEL : 1 / WHEEL, this.at(event));
  }

  #down(event) {
    if (event.button !== 0 || this.listener.own?.(event)) return;
    this.#pointers.set(event.pointerId, event);
    this.#grip();
  }

  /** Begins to move with the pointers that are down: one drags, two zoom too. */
  #grip() {
    const [one, two] = [...this.#pointers.values()];
    this.#drag = one ? { view: { ...this.#view }, ...middle(one, two) } : null;
  }

  #move(event) {
    if (!this.#pointers.has(event.pointerId) || !this.#drag) return;
    if (!this.svg.hasPointerCapture(event.pointerId)) this.svg.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event);
    const now = middle(...this.#pointers.values());
    const { view, x, y, apart } = this.#drag;
    const scale = apart && now.apart ? Math.min(Math.max((view.scale * apart) / now.apart, LEAST), MOST) : view.scale;
    this.#view = { x: view.x - (now.x - x) * scale, y: view.y - (now.y - y) * scale, scale };
    this.draw();
  }

  #up(event) {
    if (this.#pointers.delete(event.pointerId)) this.#grip();
  }
}

function middle(one, two) {
  if (!two) return { x: one.clientX, y: one.clientY, apart: 0 };
  const apart = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
  return { x: (one.clientX + two.clientX) / 2, y: (one.clientY + two.clientY) / 2, apart };
}
