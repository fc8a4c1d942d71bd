// The items that come next: claimed ahead, their pictures loaded before they are shown, kept while the page is open.
import { post } from "./desk_outbox.js";

const BATCH = 8;
const FIRST = 2; // soon on the screen; the rest comes while they are looked at
const LOW = 4;
const KEEP_S = 30;
const LOOK_AGAIN_S = 20;
const PAGES = 40; // more than undo and the batch can need

/** The number of this tab, which no other tab has: a copy of a tab finds none and takes a new one. */
export function tabId(make) {
  const key = "hotich.desk.tab";
  const id = sessionStorage.getItem(key) ?? make();
  sessionStorage.removeItem(key);
  window.addEventListener("pagehide", () => sessionStorage.setItem(key, id));
  window.addEventListener("pageshow", () => sessionStorage.removeItem(key));
  return id;
}

const OPENED = "hotich.desk.tabs"; // the tabs of this browser that may still hold items
const MOST_TABS = 20;

/** Marks this tab as open, and returns the tabs of this browser that died without giving back what they held. Only where
 * the browser has locks: a tab that is closed, or whose browser is, loses its own. Elsewhere leases run out. */
async function deadTabs(tab) {
  if (!navigator.locks) return [];
  const name = (id) => `hotich.desk.tab.${id}`;
  navigator.locks.request(name(tab), () => new Promise(() => {}));
  const { held = [], pending = [] } = await navigator.locks.query();
  const open = new Set([...held, ...pending].map((lock) => lock.name));
  const known = (localStorage.getItem(OPENED) ?? "").split(" ").filter(Boolean);
  const dead = known.filter((id) => id !== tab && !open.has(name(id)));
  localStorage.setItem(OPENED, [...known.filter((id) => id !== tab && !dead.includes(id)), tab].slice(-MOST_TABS).join(" "));
  return dead.slice(-MOST_TABS);
}

/** Items of one selection. `listener.ready()`: there is an item now; `listener.lost(items)`; `listener.empty()`;
 * `listener.away()`: the server is out of reach; `listener.loaded()`: pictures came, or nothing more is left. */
export class Lane {
  #filling = null;
  #skipped = new Set(); // given back here: not shown again before anything else is left
  #pages = new Map(); // document and page to its picture, shared by all items on it, the last used last
  #retry = null;
  #fresh = true;

  constructor({ tab, csrf, filters, outbox, listener }) {
    Object.assign(this, { tab, csrf, filters, outbox, listener });
    this.ready = [];
    this.later = []; // given back here and claimed again: shown when nothing else is left
    this.current = null;
    this.over = false;
    setInterval(() => document.visibilityState === "visible" && this.keep(), KEEP_S * 1000);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.keep());
    window.addEventListener("online", () => this.keep().then(() => this.fill()));
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  /** The next item, or null while there is none. */
  next() {
    if (!this.ready.length && this.over) this.ready = this.later.splice(0);
    this.current = this.ready.shift() ?? null;
    if (this.ready.length <= LOW) this.fill();
    return this.current;
  }

  /** How many of the next items have their pictures. */
  get ahead() {
    return this.ready.filter((item) => item.loaded).length;
  }

  /** Puts an item back to be the next one; it is this tab's still, or again. */
  putFirst(item) {
    this.ready.unshift(item);
  }

  /** An item as the server sent it, with its pictures on their way. */
  take(claimed) {
    const holder = document.createElement("template");
    holder.innerHTML = claimed.html; // a fragment of our own server's
    const element = holder.content.firstElementChild;
    const item = { id: claimed.item_id, lease: claimed.lease, element, loaded: false };
    item.pictures = this.#load(item);
    return item;
  }

  fill() {
    this.#filling ??= this.#fill().finally(() => (this.#filling = null));
    return this.#filling;
  }

  /** Renews the leases; what is lost is taken out. */
  async keep() {
    const held = [this.current, ...this.ready, ...this.later].filter(Boolean);
    if (!held.length) return;
    try {
      const answer = await post("/desk/claims/keep", { tab: this.tab, items: held.map((item) => item.id) }, this.csrf());
      if (!answer.ok) return;
      const still = new Set((await answer.json()).items);
      const lost = held.filter((item) => !still.has(item.id) && !this.#isSent(item));
      this.ready = this.ready.filter((item) => !lost.includes(item));
      this.later = this.later.filter((item) => !lost.includes(item));
      if (lost.length) this.listener.lost(lost);
    } catch {
      // out of reach: asked again
    }
  }

  /** Gives one item back undecided, or everything that is held here. */
  release(items) {
    return post("/desk/claims/release", { tab: this.tab, items: items.map((item) => item.id) }, this.csrf()).catch(() => {});
  }

  leave() {
    const waiting = new Set(this.outbox.entries().map((entry) => entry.decision.item_id));
    const held = [this.current, ...this.ready, ...this.later].filter((item) => item && !waiting.has(item.id));
    if (held.length) this.release(held);
  }

  /** Gives the item that is shown back, undecided; another person, or a later claim, gets it. */
  skip(item) {
    this.current = null;
    this.release([item]);
    this.#skipped.add(item.id);
  }

  /** It can come back no more: its line's picture may go. */
  forget(item) {
    if (item.got?.line) URL.revokeObjectURL(item.got.line.url);
  }

  #isSent(item) {
    return ![this.current, ...this.ready, ...this.later].includes(item);
  }

  async #fill() {
    clearTimeout(this.#retry);
    try {
      do {
        this.over = !(await this.#claim(this.#fresh ? FIRST : BATCH - this.ready.length));
      } while (!this.over && this.ready.length < BATCH);
      this.listener.loaded();
      if (this.over && !this.ready.length && !this.current) this.ready = this.later.splice(0);
      if (this.ready.length) this.listener.ready();
      else if (!this.current) this.listener.empty();
      if (this.over) this.#retry = setTimeout(() => this.fill(), LOOK_AGAIN_S * 1000);
    } catch {
      if (!this.current && !this.ready.length) this.listener.away();
      this.#retry = setTimeout(() => this.fill(), 3000);
    }
  }

  /** Claims so many; whether any came. */
  async #claim(count) {
    const dead = this.#fresh ? await deadTabs(this.tab) : [];
    const body = { tab: this.tab, count, fresh: this.#fresh, dead, ...this.filters };
    const answer = await post("/desk/claims", body, this.csrf());
    if (!answer.ok) throw new Error(String(answer.status));
    this.#fresh = false;
    const { items } = await answer.json();
    const unsent = new Set(this.outbox.entries().map((entry) => entry.decision.item_id));
    for (const claimed of items.filter(({ item_id: id }) => !unsent.has(id))) {
      const item = this.take(claimed);
      (this.#skipped.delete(item.id) ? this.later : this.ready).push(item);
    }
    if (this.ready.length) this.listener.ready();
    return items.length > 0;
  }

  async #load(item) {
    const { line, pageUrl, document: paper, page } = item.element.dataset;
    const [lineImage, pageImage] = await Promise.all([line ? picture(line) : null, this.#page(`${paper}/${page}`, pageUrl)]);
    item.got = { line: lineImage, page: pageImage };
    item.loaded = true;
    this.listener.loaded();
    return item.got;
  }

  #page(name, address) {
    const known = this.#pages.get(name) ?? picture(address);
    this.#pages.delete(name);
    this.#pages.set(name, known);
    known.then((had) => had ?? this.#pages.delete(name)); // asked for again with the next item on it
    if (this.#pages.size > PAGES) {
      const [oldest, shown] = this.#pages.entries().next().value;
      this.#pages.delete(oldest);
      shown.then((had) => had && URL.revokeObjectURL(had.url));
    }
    return known;
  }
}

/** A picture, loaded and decoded, as {url, width, height}; null where it cannot be had. It stays in memory: nothing of
 * a paper is left in the browser's cache. */
export async function picture(address) {
  for (const pause of [0, 1000, 4000, 15000]) {
    if (pause) await new Promise((done) => setTimeout(done, pause));
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (answer.ok) return await decoded(await answer.blob());
      if (answer.status < 500 && answer.status !== 429) return null;
    } catch {
      // out of reach: tried again
    }
  }
  return null;
}

async function decoded(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  return { image, url: image.src, width: image.naturalWidth, height: image.naturalHeight };
}
