// The page where a submission is decided: the scan with the place of each entry, and the decisions by keys.
import { keyName, KEYS } from "./desk_keys.js";
import { corners, Sheet } from "./desk_sheet.js";
import "./desk_undo.js";

const KEEP_MS = 30_000;
const main = document.querySelector("main");
const code = main.dataset.submission;
const sheet = new Sheet(main.querySelector("[data-sheet]"), { drawn() {} });
const tabs = [...main.querySelectorAll("[data-file][data-turn]")];
const panels = [...main.querySelectorAll("details[data-key]")];
const pictures = new Map(); // "file/page": {url, size}, or null where it cannot be shown
let at = ""; // the page that is shown

document.documentElement.classList.add("script");

async function fetched(file, page) {
  const name = `${file}/${page}`;
  if (!pictures.has(name)) {
    const answer = await fetch(`/ban-duyet/ho-so/${code}/tep/${file}/trang/${page}.jpg`, { headers: { Accept: "image/jpeg" } });
    const size = (answer.headers.get("Hotich-Scan") ?? "").split(" ").map(Number);
    pictures.set(name, answer.ok ? { url: URL.createObjectURL(await answer.blob()), size } : null);
  }
  return pictures.get(name);
}

/** Shows a page with a place on it; `box` null: the whole page. */
async function show(file, page, box) {
  const tab = tabs.find(({ dataset }) => dataset.file === file && dataset.page === page) ?? tabs[0];
  at = `${tab.dataset.file}/${tab.dataset.page}`;
  const wanted = at;
  for (const other of tabs) other.setAttribute("aria-pressed", String(other === tab));
  const picture = await fetched(tab.dataset.file, tab.dataset.page);
  if (at !== wanted) return; // another was asked for meanwhile
  sheet.show(picture, picture?.size ?? [1, 1], box, Number(tab.dataset.turn));
  if (!box) sheet.whole();
  main.dataset.shown = at;
}

function toLine(line) {
  for (const other of main.querySelectorAll("[data-line].shown")) other.classList.remove("shown");
  line.classList.add("shown");
  show(line.dataset.file, line.dataset.page, corners(line.dataset.points));
}

/** Opens a decision and puts the focus where the next key is wanted. */
function open(panel) {
  for (const other of panels) other.open = other === panel;
  (panel.querySelector("input[type=radio]") ?? panel.querySelector("button[type=submit]")).focus();
}

function close() {
  const panel = panels.find((one) => one.open);
  if (panel) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
  return Boolean(panel);
}

/** A number key: a decision, or within one its reason. */
function number(digit) {
  const panel = panels.find((one) => one.open);
  if (!panel) {
    const wanted = panels.find(({ dataset }) => dataset.key === digit);
    if (wanted) open(wanted);
    return Boolean(wanted);
  }
  const choice = panel.querySelectorAll("input[type=radio]")[Number(digit) - 1];
  if (!choice) return false;
  choice.checked = true;
  const typed = choice.value === "other" ? panel.querySelector("input[name=vi]") : null;
  (typed ?? choice).focus();
  return true;
}

const tools = { zoomIn: () => sheet.zoom(1.25), zoomOut: () => sheet.zoom(0.8), place: () => sheet.toPlace(), whole: () => sheet.whole() };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey) return;
  const action = KEYS[keyName(event)];
  const typing = event.target.matches("input[type=text], select");
  let taken = true;
  if (action in tools) tools[action]();
  else if (action === "skip") main.querySelector("[data-skip]")?.requestSubmit();
  else if (event.altKey) taken = false;
  else if (event.key === "Escape") taken = close();
  else if (event.key === "Enter" && event.target.matches("input[type=radio]")) event.target.form.requestSubmit();
  else if (!typing && /^[1-9]$/.test(event.key)) taken = number(event.key);
  else taken = false;
  if (taken) event.preventDefault();
});

main.addEventListener("click", ({ target }) => {
  const tool = target.closest("[data-do]");
  if (tool) return tools[tool.dataset.do]();
  const tab = target.closest("[data-turn]");
  if (tab) return show(tab.dataset.file, tab.dataset.page, null);
  const line = target.closest("[data-line]");
  if (line?.dataset.points) toLine(line);
});
main.addEventListener("focusin", ({ target }) => {
  const line = target.closest(".to-place")?.closest("[data-line]");
  if (line) toLine(line);
});
for (const text of main.querySelectorAll("input[name=vi]")) {
  text.addEventListener("input", () => (text.form.querySelector("input[value=other]").checked = true));
}

// A decision is sent once, however often Enter is pressed.
main.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of main.querySelectorAll("form")) delete form.dataset.sent;
});

if ("held" in main.dataset) {
  setInterval(() => {
    const body = new URLSearchParams({ csrf: main.dataset.csrf });
    fetch(`/ban-duyet/ho-so/${code}/giu`, { method: "POST", body }).catch(() => {}); // tried again in a while
  }, KEEP_MS);
}

const first = main.querySelector("[data-line].differs[data-points]:not([data-points=''])");
if (first) toLine(first);
else show(tabs[0].dataset.file, tabs[0].dataset.page, null);
main.querySelector("#problem:not([hidden])")?.focus();
