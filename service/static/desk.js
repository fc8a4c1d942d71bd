// The work page: one item after the other, decided by keys. What is decided goes to the outbox, the next is shown at once.
import { ItemOnShow } from "./desk_item.js";
import { keyName, KEYS } from "./desk_keys.js";
import { Lane, tabId } from "./desk_lane.js";
import { notice, outbox as openOutbox, prefer } from "./desk_office.js";
import { newId, post } from "./desk_outbox.js";
import { Sheet } from "./desk_sheet.js";
import { both, say, words } from "./words.js";

const UNDO_DEPTH = 20;
const TYPINGS = ["", "telex", "vni"];
const main = document.querySelector("main");
const place = main.querySelector("[data-item-place]");
const nothing = main.querySelector("[data-nothing]");
const actions = main.querySelector("[data-actions]");
const statusLine = main.querySelector("[data-said]");
const history = []; // {decisionId, item}, newest last
let shown = null; // ItemOnShow
let done = 0;
let typing = main.dataset.typing;

const outbox = openOutbox({ answered, refused });
const csrf = () => outbox.csrf;
const sheet = new Sheet(main.querySelector("[data-sheet]"), { drawn });
const lane = new Lane({
  tab: tabId(newId),
  csrf,
  filters: JSON.parse(main.dataset.filters),
  outbox,
  listener: {
    ready: () => shown ?? advance(performance.now()),
    lost: (items) => items.includes(shown?.item) && taken(),
    empty: () => none(),
    loaded: () => Object.assign(main.dataset, { ahead: lane.ahead, over: lane.over }),
    away: () => tell(words("Không tới được máy chủ, đang thử lại", "The server is out of reach; trying again")),
  },
});

/** `message` as {vi, en}. */
function tell(message) {
  statusLine.replaceChildren(...both(message));
}

/** Shows the next item; `since`: when the key was pressed that asked for it. */
function advance(since) {
  const item = lane.next();
  if (!item) {
    shown = null;
    if (lane.over) none();
    else {
      sheetAway();
      place.replaceChildren(waiting());
    }
    return;
  }
  show(item, since);
}

function waiting() {
  const heading = document.createElement("h1");
  heading.className = "waiting";
  heading.append(...say("Đang lấy việc…", "Getting the next items…"));
  return heading;
}

function show(item, since) {
  nothing.hidden = true;
  actions.hidden = false;
  lane.current = item;
  main.dataset.preloaded = String(item.loaded);
  shown = new ItemOnShow(item, place, sheet, () => typing);
  main.querySelector("[data-paper-link]").href = `/ban-duyet/giay/${shown.data.document}?field=${shown.data.field}`;
  Object.assign(main.dataset, { shown: item.id, ahead: lane.ahead, over: lane.over });
  main.querySelector(".drawing-help").hidden = true;
  requestAnimationFrame(() => setTimeout(() => seen(since, item)));
}

/** The item is on the screen: notes how long that took. */
function seen(since, item) {
  const end = performance.now();
  performance.measure("hotich:next", { start: since, end, detail: { item: item.id, loaded: item.loaded } });
  main.dataset.nextMs = (end - since).toFixed(1);
}

function sheetAway() {
  sheet.root.hidden = true;
  main.append(sheet.root); // out of the item that goes
}

function none() {
  if (shown) return;
  sheetAway();
  actions.hidden = true;
  place.replaceChildren();
  nothing.hidden = false;
  nothing.querySelector("h1").focus();
  delete main.dataset.shown;
}

function taken() {
  const message = words(`“${shown.label}”: mục này đã chuyển cho người khác`, "this item is somebody else's by now");
  notice(message, { kind: "taken" });
  shown = null;
  lane.current = null;
  advance(performance.now());
}

function decide(choice, { text = null, insist = false } = {}) {
  if (!shown) return;
  const since = performance.now();
  const { item } = shown;
  const decision = {
    decision_id: newId(),
    item_id: item.id,
    lease: item.lease,
    tab: lane.tab,
    choice,
    text,
    comment: shown.comment.normalize("NFC"),
    insist,
    page: sheet.drawn ? Number(shown.data.page) : null,
    box: sheet.drawn,
    seconds: Math.min(shown.seconds, 86400),
    keys: shown.keys,
  };
  Object.assign(item, { typed: text ?? undefined, comment: shown.comment, problem: undefined });
  history.push({ decisionId: decision.decision_id, item });
  if (history.length > UNDO_DEPTH) lane.forget(history.shift().item);
  const about = { label: shown.label, document: shown.data.document };
  count(1);
  advance(since);
  outbox.put(decision, about); // after the next is shown: nothing of this is waited for
}

function count(more) {
  done += more;
  main.querySelector("[data-done]").textContent = done;
}

/** Enter: the reading as it is, or what was typed. */
function accept(insist = false) {
  if (!shown) return;
  if (!shown.input) return decide("accept");
  const text = shown.text;
  if (!text && !insist) {
    return shown.complain(words(
      "Chưa gõ gì: chọn “Giấy tờ không ghi” hoặc “Không đọc được” nếu đúng như vậy",
      "Nothing is typed: say “Not on the form” or “Illegible” where that is so",
    ));
  }
  if (insist && !shown.insistable) return;
  decide(text === shown.reading ? "accept" : "correct", { text, insist });
}

function pick(number) {
  const text = shown?.pick(number);
  if (text) decide("correct", { text });
  return Boolean(text);
}

async function undo() {
  const last = history.pop();
  if (!last) return tell(words("Không có gì để hoàn tác", "There is nothing to undo"));
  if (outbox.take(last.decisionId)) return comeBack(last.item);
  await outbox.settled();
  try {
    const answer = await post(`/desk/decisions/${last.decisionId}/undo`, { tab: lane.tab }, csrf());
    const body = await answer.json();
    if (answer.ok) return comeBack(lane.take(body), last.item);
    notice(words(`Không hoàn tác được: ${body.message.vi}`, `Not undone: ${body.message.en}`), { kind: "refused" });
  } catch {
    history.push(last);
    tell(words("Chưa hoàn tác được: không tới được máy chủ", "Not undone: the server is out of reach"));
  }
}

/** Shows an item again, before the one that is shown. */
function comeBack(item, before = item) {
  Object.assign(item, { typed: before.typed, comment: before.comment, problem: before.problem });
  count(-1);
  inFront(item);
  tell(words("Đã hoàn tác, quyết định lại mục này", "Undone: decide this again"));
}

function inFront(item) {
  if (shown) lane.putFirst(shown.item);
  show(item, performance.now());
}

function answered(entry, body) {
  if (body.said?.vi) tell(words(`Đã xác nhận: ${body.said.vi}`, `Noted: ${body.said.en}`));
  main.dataset.answered = String(Number(main.dataset.answered ?? 0) + 1);
}

/** A decision was not taken. True: it is dealt with here. */
function refused(entry, problem) {
  const at = history.findIndex((decision) => decision.decisionId === entry.decision.decision_id);
  const [known] = at < 0 ? [null] : history.splice(at, 1);
  if (known) count(-1);
  if (problem.code !== "review.invalid_form" || !known) return false;
  known.item.problem = problem.message;
  if (shown?.touched) {
    lane.putFirst(known.item);
    const { vi, en } = problem.message;
    notice(words(`“${entry.about.label}”: ${vi}; mục này sẽ hiện lại`, `${en}; it comes back next`));
  } else inFront(known.item);
  return true;
}

function skip() {
  if (!shown) return;
  const { item } = shown;
  const since = performance.now();
  lane.skip(item);
  advance(since);
}

/** The next way of typing: off, Telex, VNI; kept with the account. */
function switchTyping() {
  typing = TYPINGS[(TYPINGS.indexOf(typing) + 1) % TYPINGS.length];
  showTyping();
  prefer("go", { typing });
  const { vi, en } = TYPING_WORDS[typing];
  tell(words(`Kiểu gõ: ${vi}`, `Typing: ${en}`));
}

const TYPING_WORDS = { "": words("tắt", "off"), telex: words("Telex", "Telex"), vni: words("VNI", "VNI") };

function showTyping() {
  const state = main.querySelector("[data-typing-state]");
  state.hidden = !typing;
  state.firstElementChild.textContent = TYPING_WORDS[typing].vi;
  main.querySelector('[data-do="typing"]').setAttribute("aria-pressed", String(Boolean(typing)));
}

function draw() {
  if (!shown) return;
  main.querySelector(".drawing-help").hidden = false;
  sheet.draw();
}

function drawn(box) {
  main.querySelector(".drawing-help").hidden = true;
  tell(box
    ? words("Đã khoanh vùng mới, gửi cùng quyết định", "A new place, sent with the decision")
    : words("Giữ vùng cũ", "Left as it was"));
  shown?.focus();
}

const dialog = (name) => document.getElementById(name);
const paperProblem = dialog("paper-problem");
const comment = dialog("comment");

function keepComment() {
  if (shown) shown.comment = document.getElementById("comment-text").value.trim();
  comment.close();
  tell(shown?.comment ? words("Đã có ghi chú", "Comment kept") : words("Không có ghi chú", "No comment"));
}

const DO = {
  help: () => dialog("help").showModal(),
  illegible: () => decide("illegible"),
  absent: () => decide("absent"),
  paper: () => shown && paperProblem.showModal(),
  undo,
  skip,
  comment: () => {
    if (!shown) return;
    document.getElementById("comment-text").value = shown.comment;
    comment.showModal();
  },
  typing: switchTyping,
  zoomIn: () => sheet.zoom(1.25),
  zoomOut: () => sheet.zoom(0.8),
  place: () => sheet.toPlace(),
  whole: () => sheet.whole(),
  box: draw,
  left: () => shown?.jump(-1),
  right: () => shown?.jump(1),
  paperLink: () => main.querySelector("[data-paper-link]").click(),
};
const PAN = { ArrowLeft: [-0.2, 0], ArrowRight: [0.2, 0], ArrowUp: [0, -0.2], ArrowDown: [0, 0.2] };

/** What a key does here, as a function; null: nothing of ours. */
function meaning(event) {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
  if (ctrlKey && shiftKey && key in PAN) return () => sheet.pan(...PAN[key]);
  if (ctrlKey && !altKey && key === "Enter") return () => accept(true);
  if ((ctrlKey || metaKey) && !shiftKey && key.toLowerCase() === "z" && !shown?.touched) return undo;
  if (ctrlKey || metaKey) return null;
  const name = keyName(event);
  if (/^Alt\+[1-5]$/.test(name)) return () => pick(Number(name.at(-1)));
  if (name in KEYS) return DO[KEYS[name]];
  if (key === "Escape") return () => shown?.restore();
  if (key === "?" && !shown?.touched) return DO.help;
  if (/^[1-5]$/.test(key) && !altKey && shown?.picksByNumber && shown.pick(Number(key)) !== null) return () => pick(Number(key));
  return null;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (shown && !["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"].includes(event.key)) shown.keys += 1;
  const act = event.repeat && /^(Enter|F\d|[1-5])$/.test(event.key) ? () => {} : meaning(event);
  if (act) {
    event.preventDefault();
    act();
  } else if (document.activeElement === document.body && event.key.length === 1) shown?.focus();
});

main.addEventListener("submit", (event) => {
  if (!event.target.matches(".decide")) return;
  event.preventDefault();
  accept();
});
main.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do], [data-pick], [data-choice], [data-close]");
  if (button?.dataset.pick) pick(Number(button.dataset.pick));
  else if (button?.dataset.do) {
    DO[button.dataset.do]();
    if (!document.querySelector("dialog[open]") && button.dataset.do !== "box") shown?.focus();
  } else if (button?.dataset.choice) {
    paperProblem.close();
    decide(button.dataset.choice);
  } else if (button && "close" in button.dataset) button.closest("dialog").close();
  else if (document.activeElement === document.body && !String(getSelection())) shown?.focus();
});
paperProblem.addEventListener("keydown", (event) => {
  const choice = paperProblem.querySelectorAll("[data-choice]")[Number(event.key) - 1];
  if (choice && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    choice.click();
  }
});
comment.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey) return;
  event.preventDefault();
  keepComment();
});
comment.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  keepComment();
});
for (const each of document.querySelectorAll("dialog")) each.addEventListener("close", () => shown?.focus());

showTyping();
outbox.start();
outbox.settled().then(() => lane.fill()); // what waits is sent before its items could be claimed again
