// The places for photos: what was chosen is shown, can be taken away, and keeps its number when it is sent.
import { looksBlurred } from "./blur.js";
import { drawn, picture } from "./photo.js";
import { make, say } from "./words.js";

const THUMB = 320;
const turns = new WeakMap(); // how often a slot was shown: of two that overlap, the later one counts

/** Makes the slots of a form show what was chosen in them. */
export function watchSlots(form) {
  for (const slot of form.querySelectorAll("[data-slot]")) {
    for (const input of inputs(slot)) input.addEventListener("change", () => chosen(slot, input));
    show(slot); // a browser that comes back to the page may have kept the files
  }
}

/** What is chosen, in the order in which it is sent: [{file, slot, label}]. */
export function chosenFiles(form) {
  const files = [];
  for (const slot of form.querySelectorAll("[data-slot]")) {
    const label = slot.querySelector("legend").querySelector(".vi").textContent;
    const paper = slot.closest("section").querySelector("h2 .vi").textContent;
    for (const input of inputs(slot)) {
      for (const file of input.files) files.push({ file, slot, label: `${paper} – ${label}` });
    }
  }
  return files;
}

/** Writes what is wrong with a photo beside its place; nothing takes it away. */
export function remark(slot, nodes) {
  slot.querySelector(".remark")?.remove();
  slot.classList.toggle("wrong", Boolean(nodes));
  if (nodes) slot.querySelector("legend").after(make("p", "error remark", ...nodes));
}

function inputs(slot) {
  return [...slot.querySelectorAll("input[type=file]")];
}

function chosen(slot, input) {
  // One place, one choice: a photo taken instead of a file takes its place, and the other way round.
  if (input.files.length) for (const other of inputs(slot)) if (other !== input) other.value = "";
  remark(slot, null);
  show(slot);
}

async function show(slot) {
  const files = inputs(slot).flatMap((input) => [...input.files]);
  const place = slot.querySelector("[data-chosen]");
  const turn = (turns.get(slot) ?? 0) + 1;
  turns.set(slot, turn);
  place.replaceChildren();
  place.hidden = files.length === 0;
  slot.classList.toggle("filled", files.length > 0);
  if (!files.length) return;
  for (const file of files) {
    const item = make("div", "file", make("span", "name", file.name), make("span", "size", size(file.size)));
    place.append(item);
    const bitmap = file.type === "application/pdf" ? null : await picture(file);
    if (turns.get(slot) !== turn) return bitmap?.close();
    if (bitmap) {
      const canvas = drawn(bitmap, THUMB);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", "Ảnh đã chọn");
      item.prepend(canvas);
      if (looksBlurred(bitmap)) item.after(blurHint());
      bitmap.close();
    }
  }
  const away = make("button", "button small plain", ...say("Xóa ảnh", "Remove"));
  away.type = "button";
  away.append(make("span", "offscreen", ` – ${slot.querySelector("legend .vi").textContent}`));
  away.addEventListener("click", () => {
    for (const input of inputs(slot)) input.value = "";
    remark(slot, null);
    show(slot);
    inputs(slot).at(-1).focus();
  });
  place.append(away);
}

/** A hint only: the photo can be sent as it is. */
function blurHint() {
  const hint = make("p", "blur-hint", ...say(
    "Ảnh có vẻ mờ. Nên chụp lại cho rõ chữ; vẫn gửi được.",
    "This photo looks blurred. Better take it again; it can be sent all the same.",
  ));
  hint.setAttribute("role", "status");
  return hint;
}

function size(bytes) {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}
