// One item before a person: the input with the doubtful characters led to, the readings on number keys.
import { corners } from "./desk_sheet.js";
import { typeInto } from "./desk_typing.js";
import { say } from "./words.js";

/** Puts an item into `place` and the sheet into it. `typing()`: "telex", "vni" or "". */
export class ItemOnShow {
  #doubtful;
  #before;
  #hiddenMs = 0;
  #hiddenAt = null;

  constructor(item, place, sheet, typing) {
    this.item = item;
    this.typing = typing;
    this.element = item.element;
    this.data = item.element.dataset;
    this.keys = 0;
    this.comment = item.comment ?? "";
    this.insistable = false;
    this.reading = this.data.shown.normalize("NFC");
    this.#doubtful = this.data.doubtful.split(" ").filter(Boolean).map(Number);
    this.#show(place, sheet);
    this.shownAt = performance.now();
  }

  get input() {
    const answer = this.element.querySelector("#answer");
    return answer instanceof HTMLInputElement ? answer : null;
  }

  get label() {
    return this.element.querySelector("h1 .vi").textContent;
  }

  get text() {
    return this.input ? this.input.value.normalize("NFC").replace(/\s+/g, " ").trim() : "";
  }

  get touched() {
    return this.input !== null && this.input.value !== this.#first;
  }

  get seconds() {
    return Math.round(performance.now() - this.shownAt - this.#hiddenMs) / 1000;
  }

  #first = "";

  #show(place, sheet) {
    place.replaceChildren(this.element);
    this.element.querySelector(".sheet-place").append(sheet.root);
    this.#pictures(sheet, this.item.got ?? null);
    if (!this.item.got) this.item.pictures.then((got) => this.element.isConnected && this.#pictures(sheet, got));
    const input = this.input;
    if (input) {
      input.value = (this.item.typed ?? this.reading).normalize("NFC");
      this.#first = this.reading;
      this.#before = input.value;
      input.addEventListener("beforeinput", (event) => this.#compose(event));
      input.addEventListener("input", () => this.#typed());
    }
    this.focus();
    if (this.item.problem) this.complain(this.item.problem, true);
    document.addEventListener("visibilitychange", this.#watch);
  }

  #watch = () => {
    if (!this.element.isConnected) document.removeEventListener("visibilitychange", this.#watch);
    else if (document.hidden) this.#hiddenAt = performance.now();
    else if (this.#hiddenAt !== null) {
      this.#hiddenMs += performance.now() - this.#hiddenAt;
      this.#hiddenAt = null;
    }
  };

  #pictures(sheet, got) {
    const stated = this.data.size.split(" ").filter(Boolean).map(Number);
    const size = stated.length ? stated : [got?.page?.width ?? 1, got?.page?.height ?? 1];
    sheet.root.hidden = false;
    sheet.show(got ? got.page : undefined, size, corners(this.data.box), Number(this.data.turn));
    const image = this.element.querySelector(".line img");
    if (!image || !got) return;
    if (got.line) {
      got.line.image.alt = image.alt;
      image.replaceWith(got.line.image);
    } else {
      image.hidden = true;
      this.element.querySelector(".missing-line").hidden = false;
    }
  }

  /** To the character that is doubtful most, which typing replaces; everything where none is. */
  focus() {
    const input = this.input;
    (input ?? this.element.querySelector("#answer")).focus({ preventScroll: true });
    if (!input) return;
    if (this.touched) input.setSelectionRange(input.value.length, input.value.length);
    else if (this.#doubtful.length) this.#select(Number(this.data.likeliest || this.#doubtful[0]));
    else input.select();
  }

  /** To the next (1) or previous (-1) doubtful character. */
  jump(way) {
    const input = this.input;
    if (!input || !this.#doubtful.length) return;
    input.focus();
    const at = input.selectionStart;
    const beyond = way > 0
      ? this.#doubtful.find((place) => place > at || (place === at && input.selectionEnd === at && this.touched === false))
      : this.#doubtful.findLast((place) => place < at);
    this.#select(beyond ?? (way > 0 ? this.#doubtful[0] : this.#doubtful.at(-1)));
  }

  #select(at) {
    this.input.setSelectionRange(at, Math.min(at + 1, this.input.value.length));
  }

  /** Marks are put while typing; an input method of the computer composes by itself. */
  #compose(event) {
    const way = this.typing();
    if (!way || event.isComposing || event.inputType !== "insertText" || (way === "vni" && "digits" in this.data)) return;
    if (event.data?.length !== 1 || !typeInto(this.input, event.data, way)) return;
    event.preventDefault();
    this.#typed();
  }

  #typed() {
    const now = this.input.value;
    let same = 0;
    while (same < now.length && now[same] === this.#before[same]) same++;
    const grown = now.length - this.#before.length;
    this.#doubtful = this.#doubtful.map((at) => (at > same ? at + grown : at)).filter((at) => at >= 0 && at < now.length);
    this.#before = now;
    this.complain(null);
  }

  /** Back to the reading as it was. */
  restore() {
    if (!this.input) return;
    this.input.value = this.reading;
    this.#before = this.reading;
    this.#doubtful = this.data.doubtful.split(" ").filter(Boolean).map(Number);
    this.complain(null);
    this.focus();
  }

  /** The text of the reading under this number key, null where there is none. */
  pick(number) {
    return this.element.querySelector(`[data-pick="${number}"]`)?.dataset.text.normalize("NFC") ?? null;
  }

  /** Whether plain number keys pick: not where digits are what is typed. */
  get picksByNumber() {
    return !this.touched && !("digits" in this.data);
  }

  /** Says what is wrong with the answer, as {vi, en}; `insistable`: it may be kept as written. Null: nothing is wrong
   * any more. */
  complain(message, insistable = false) {
    const place = this.element.querySelector("#form-error");
    this.insistable = message !== null && insistable;
    place.hidden = message === null;
    this.input?.toggleAttribute("aria-invalid", message !== null);
    if (message !== null) {
      this.input?.setAttribute("aria-invalid", "true");
      const { vi, en } = message;
      place.replaceChildren(...(insistable
        ? say(`${vi} — Ctrl+Enter: giữ đúng như trên giấy tờ`, `${en} — Ctrl+Enter: keep as written`)
        : say(vi, en)));
    }
  }
}
