// A whole paper: its page stays in view beside the fields, is zoomed and moved, and goes to the place of a chosen field.
import { keyName, KEYS } from "./desk_keys.js";
import "./desk_office.js";
import { Zoom } from "./desk_zoom.js";

const scan = document.querySelector(".scan");
const svg = scan?.querySelector("svg");
if (svg) zoomed();

function zoomed() {
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  scan.classList.add("zoomed");
  const zoom = new Zoom(svg, {});
  zoom.size = [width, height];
  zoom.whole();
  let chosen = null;

  /** To the place of a field on the page, as it stands upright, and marks its row. */
  function choose(number) {
    const outline = svg.querySelector(`#s-${number} polygon:last-child`);
    if (!outline) return;
    chosen?.classList.remove("shown");
    for (const row of document.querySelectorAll(".fields tr.chosen")) row.classList.remove("chosen");
    chosen = outline.closest("a");
    chosen.classList.add("shown");
    document.getElementById(`f-${number}`).classList.add("chosen");
    const { x, y, width: wide, height: high } = upright(outline);
    zoom.to([x, y, x + wide, y + high]);
  }

  /** The frame of an outline in the upright page, whose group is turned. */
  function upright(outline) {
    const matrix = outline.parentNode.parentNode.transform.baseVal.consolidate()?.matrix ?? svg.createSVGMatrix();
    const corners = [...outline.points].map((point) => point.matrixTransform(matrix));
    const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
  }

  const toPlace = () => (chosen ? choose(chosen.id.slice(2)) : zoom.whole());
  const tools = { zoomIn: () => zoom.zoom(1.25), zoomOut: () => zoom.zoom(0.8), place: toPlace, whole: () => zoom.whole() };
  scan.addEventListener("click", ({ target }) => tools[target.closest("[data-do]")?.dataset.do]?.());
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("click", ({ target }) => {
    const link = target.closest("a");
    if (link) choose(link.id.slice(2));
  });
  document.querySelector(".fields").addEventListener("click", (event) => {
    const link = event.target.closest("a.to-place");
    if (!link) return;
    event.preventDefault();
    choose(link.hash.slice(3));
  });
  scan.querySelector(".frame").addEventListener("keydown", (event) => zoom.key(event) && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const tool = tools[KEYS[keyName(event)]];
    if (!tool) return;
    event.preventDefault();
    tool();
  });
  const first = document.querySelector(".fields tr.chosen, .fields tr:target");
  if (first) choose(first.id.slice(2));
}
