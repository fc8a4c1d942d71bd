// Sends the form without leaving the page, so that the photos stay at hand for what the answer says about them.
import { chosenFiles, remark } from "./slots.js";
import { both, make, say, words } from "./words.js";

const OFFLINE = words(
  "Mất kết nối nên chưa gửi xong. Hãy bấm Gửi lần nữa: hồ sơ không bị gửi hai lần.",
  "The connection was lost. Press Send once more: nothing is sent twice.",
);

/** Sends the form; gives the answer's document and address. Rejects when there was no answer. */
function post(form, onShare) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.setRequestHeader("Hotich-Script", "1");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onShare(event.loaded / event.total);
    });
    request.addEventListener("load", () =>
      resolve({
        page: new DOMParser().parseFromString(request.responseText, "text/html"),
        address: new URL(request.responseURL, location.href),
      }),
    );
    request.addEventListener("error", reject);
    request.addEventListener("timeout", reject);
    request.timeout = 300_000;
    request.send(new FormData(form));
  });
}

/** Takes over the form's sending. `onResult(page, address, files)` is called with the submission's page. */
export function takeOver(form, onResult) {
  form.addEventListener("input", ({ target }) => settle(form, target));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    if (button.getAttribute("aria-disabled") === "true") return;
    const files = chosenFiles(form);
    const complaint = check(form, files);
    if (complaint) {
      complain(form, [make("li", "", ...both(complaint))]);
      return;
    }
    button.setAttribute("aria-disabled", "true");
    try {
      const { page, address } = await post(form, (share) => progress(form, share));
      if (address.pathname.startsWith("/ket-qua/")) onResult(page, address, files);
      else takeProblems(form, page);
    } catch {
      complain(form, [make("li", "", ...both(OFFLINE))]);
    } finally {
      button.removeAttribute("aria-disabled");
      form.querySelector("[data-progress]").hidden = true;
    }
  });
}

/** A form that is sent anew is a new submission. */
export function renew(form) {
  const random = crypto.getRandomValues(new Uint8Array(16));
  form.elements.key.value = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is being corrected is no longer called wrong. */
function settle(form, input) {
  const name = input.type === "file" ? "files" : input.name.replace("declared.", "");
  const place = form.querySelector(`[data-error="${name}"]`);
  if (place) place.hidden = true;
  input.removeAttribute("aria-invalid");
  document.getElementById(`f-${name}`)?.removeAttribute("aria-invalid");
}

/** What is wrong with the choice of files, as {vi, en}; null where nothing is. */
function check(form, files) {
  const most = Number(form.dataset.mostFiles);
  const bytes = Number(form.dataset.mostBytes);
  if (files.length > most) return words(`Nhiều nhất ${most} tệp`, `At most ${most} files`);
  const large = files.find(({ file }) => file.size > bytes);
  const megabytes = Math.floor(bytes / (1 << 20));
  return large ? words(`${large.file.name}: lớn hơn ${megabytes} MB`, `larger than ${megabytes} MB`) : null;
}

function progress(form, share) {
  const place = form.querySelector("[data-progress]");
  place.hidden = false;
  const percent = Math.round(share * 100);
  place.querySelector("progress").value = percent;
  const text = percent < 100
    ? say(`Đang gửi: ${percent}%`, `Sending: ${percent}%`)
    : say("Đã gửi, đang ghi nhận…", "Sent, being recorded…");
  place.querySelector("[data-progress-text]").replaceChildren(...text);
}

/** Shows in this form what the answer's form says is wrong. The photos stay chosen. */
function takeProblems(form, page) {
  const theirs = page.querySelector("form[data-send]");
  if (theirs) form.elements.csrf.value = theirs.elements.csrf.value;
  for (const place of form.querySelectorAll("[data-error]")) {
    const error = theirs?.querySelector(`[data-error="${place.dataset.error}"]`);
    place.replaceChildren(...(error?.cloneNode(true).childNodes ?? []));
    place.hidden = !error || error.hidden;
    const input = document.getElementById(`f-${place.dataset.error}`);
    if (place.hidden) input?.removeAttribute("aria-invalid");
    else input?.setAttribute("aria-invalid", "true");
  }
  const items = page.querySelectorAll("#problem:not([hidden]) li");
  const heading = page.querySelector("h1");
  const shown = items.length ? [...items] : [make("li", "", ...(heading ? heading.cloneNode(true).childNodes : []))];
  complain(form, shown.map((item) => document.importNode(item, true)));
}

function complain(form, items) {
  const summary = document.getElementById("problem");
  summary.querySelector("ul").replaceChildren(...items);
  summary.hidden = false;
  summary.focus();
  summary.scrollIntoView({ block: "start" });
}

/** Puts the form back, with what the answer said about each photo beside it. */
export function markSlots(form, notes) {
  document.getElementById("problem").hidden = true;
  const files = chosenFiles(form);
  for (const { slot } of files) remark(slot, null);
  for (const { number, message } of notes) {
    const sent = files[number - 1];
    if (sent) remark(sent.slot, [message.cloneNode(true)]);
  }
}
