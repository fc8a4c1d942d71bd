// A draft of the form, kept on this device if its user says so: never by itself, since a computer may be shared.
// No photos and no personal numbers; gone after a day, when the form is sent, and by its button.
import { say } from "./words.js";

const PREFIX = "hotich.draft.";
const HOURS = 24;
const NOT_KEPT = /(personal_id|old_national_id)$/;

/** Removes drafts whose day is over, here and of every other form. */
export function sweepDrafts() {
  for (const key of keys()) if (!read(key)) localStorage.removeItem(key);
}

/** Removes every draft. */
export function forgetDrafts() {
  for (const key of keys()) localStorage.removeItem(key);
}

/** Offers to keep the form's draft, and fills in the one that is there. */
export function watchDraft(form) {
  const place = form.querySelector("[data-draft]");
  if (!place || !storage()) return;
  const key = PREFIX + place.dataset.draft;
  const keep = place.querySelector("[data-draft-keep]");
  const clear = place.querySelector("[data-draft-clear]");
  const told = place.querySelector("[data-draft-told]");
  place.hidden = false;
  const note = () => {
    if (keep.checked) write(key, values(form));
    clear.hidden = !localStorage.getItem(key);
  };
  const draft = read(key);
  if (draft) {
    keep.checked = true;
    if (fill(form, draft.values)) told.replaceChildren(...say("Đã điền lại từ bản nháp.", "Filled in from the draft."));
  }
  clear.hidden = !draft;
  form.addEventListener("input", note);
  keep.addEventListener("change", () => {
    if (!keep.checked) localStorage.removeItem(key);
    told.replaceChildren();
    note();
  });
  clear.addEventListener("click", () => {
    localStorage.removeItem(key);
    keep.checked = false;
    clear.hidden = true;
    told.replaceChildren(...say("Đã xóa bản nháp.", "The draft is deleted."));
    keep.focus();
  });
}

function values(form) {
  const typed = {};
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith("declared.") && typeof value === "string" && value && !NOT_KEPT.test(name)) typed[name] = value;
  }
  return typed;
}

/** Fills in what is empty; whether anything was. */
function fill(form, typed) {
  let filled = false;
  for (const [name, value] of Object.entries(typed)) {
    const inputs = [...form.querySelectorAll("input")].filter((input) => input.name === name);
    const radio = inputs.find((input) => input.type === "radio" && input.value === value);
    if (radio && !inputs.some((input) => input.checked)) filled = radio.checked = true;
    else if (inputs[0]?.type === "text" && !inputs[0].value) {
      inputs[0].value = value;
      filled = true;
    }
  }
  return filled;
}

function write(key, typed) {
  try {
    localStorage.setItem(key, JSON.stringify({ until: Date.now() + HOURS * 3_600_000, values: typed }));
  } catch {
    // full, or not allowed: then there is no draft
  }
}

/** The draft, null without one or when its day is over. */
function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && draft.until > Date.now() ? draft : null;
  } catch {
    return null;
  }
}

function keys() {
  return storage() ? Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)) : [];
}

function storage() {
  try {
    return Boolean(window.localStorage);
  } catch {
    return false; // the browser allows none
  }
}
