// What the pages do more than plain forms where scripts run. Without it every page works too.
import { forgetDrafts, sweepDrafts, watchDraft } from "./draft.js";
import { follow, showOnPhotos, watchLooking } from "./result.js";
import { markSlots, renew, takeOver } from "./send.js";
import { watchSlots } from "./slots.js";
import { say } from "./words.js";

document.documentElement.classList.add("script");
document.documentElement.classList.toggle("no-camera", navigator.maxTouchPoints === 0);
let kept = null; // the form that was sent: {main, form, address, title}
let shown = location.pathname; // of the page that is to be seen now

function start() {
  const main = document.querySelector("main");
  const form = main.querySelector("form[data-send]");
  if (form) {
    watchSlots(form);
    watchDraft(form);
    takeOver(form, (page, address, files) => {
      forgetDrafts();
      kept = { main: document.querySelector("main"), form, address: location.pathname, title: document.title };
      goTo(address.pathname);
      answer(page, address, files);
    });
  }
  if (main.dataset.result) result(main, new URL(location.href), []);
  const digest = main.querySelector("[data-digest-file]");
  if (digest) watchDigest(digest);
  if (!main.querySelector("#problem[hidden]")) main.querySelector("#problem")?.focus();
}

function goTo(path) {
  history.pushState(null, "", path);
  shown = path;
}

/** Puts a submission's page in the place of this one. */
function answer(page, address, files) {
  const main = document.importNode(page.querySelector("main"), true);
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  result(main, address, files);
  window.scrollTo(0, 0);
  main.querySelector("h1").focus({ preventScroll: true });
}

function result(main, address, files) {
  follow(main, address, (page) => answer(page, address, files));
  watchCopy(main);
  if ("waiting" in main.dataset) return;
  showOnPhotos(main, files, typedIn(kept?.form));
  watchLooking(main);
  const again = main.querySelector("[data-again]");
  if (again && kept && files.length) {
    again.addEventListener("click", (event) => {
      event.preventDefault();
      goTo(kept.address);
      back(main);
    });
  }
}

/** The form again, with what was filled in and with what the answer said about each photo. */
function back(result) {
  const notes = [...result.querySelectorAll(".notes [data-file]")].map((note) => ({
    number: Number(note.dataset.file),
    message: note.querySelector(".said"),
  }));
  document.querySelector("main").replaceWith(kept.main);
  document.title = kept.title;
  markSlots(kept.form, notes);
  renew(kept.form);
  const wrong = kept.form.querySelector(".slot.wrong .pick:not(:disabled)");
  window.scrollTo(0, 0);
  (wrong ?? kept.main).focus();
}

function typedIn(form) {
  const typed = new Map();
  for (const [name, value] of form ? new FormData(form) : []) {
    if (name.startsWith("declared.") && value) typed.set(name.slice("declared.".length), value);
  }
  return typed;
}

function watchCopy(main) {
  const button = main.querySelector("[data-copy]");
  if (!button || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(main.querySelector("[data-code]").textContent);
    button.replaceChildren(...say("Đã sao chép", "Copied"));
  });
}

/** The digest of a copy is made here: the file goes nowhere. */
function watchDigest(place) {
  if (!globalThis.crypto?.subtle) {
    place.hidden = true;
    return;
  }
  const input = place.querySelector("input");
  const count = async () => {
    if (!input.files.length) return;
    const digest = await crypto.subtle.digest("SHA-256", await input.files[0].arrayBuffer());
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    document.getElementById("f-digest").value = hex;
  };
  input.addEventListener("change", count);
  count(); // a file may have been chosen before this script came
}

window.addEventListener("popstate", () => {
  if (location.pathname === shown) return; // a link within the page
  shown = location.pathname;
  if (kept && location.pathname === kept.address && !kept.main.isConnected) {
    document.querySelector("main").replaceWith(kept.main);
    document.title = kept.title;
    renew(kept.form);
  } else location.reload();
});

// Whoever clears this device clears its drafts too.
document.addEventListener("submit", ({ target }) => {
  if (target.getAttribute("action") === "/ket-thuc") forgetDrafts();
});
sweepDrafts();
start();
