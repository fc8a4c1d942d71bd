// Decisions on their way: kept in this browser until the server has confirmed them. Sent again with the id they were
// made with, so that the server knows what it has had; a lost network or a closed tab loses none and doubles none.

const PAUSES_S = [1, 2, 4, 8, 15, 30];

/** One person's decisions. `listener.change(waiting)`, `listener.answered(entry, body)`,
 * `listener.refused(entry, problem)`, `listener.signedOut()`. An entry is {decision, about, at}: what is sent, what it is
 * about for people, when it was made. */
export class Outbox {
  #kept = new Map(); // where the browser keeps nothing
  #memory = null;
  #sending = null;
  #running = false;
  #again = null;
  #step = 0;

  constructor({ person, csrf, listener }) {
    this.person = person;
    this.prefix = `hotich.desk.${person}.`;
    this.csrf = csrf;
    this.listener = listener;
    window.addEventListener("online", () => this.#now());
    window.addEventListener("focus", () => this.#now());
    window.addEventListener("storage", (event) => event.key?.startsWith(this.prefix) && this.#countChanged());
    window.addEventListener("beforeunload", (event) => this.#memory && this.waiting && event.preventDefault());
  }

  /** Begins to send what is left from before. */
  start() {
    this.#countChanged();
    this.#now();
  }

  put(decision, about) {
    const entry = { decision, about, at: Date.now() };
    try {
      localStorage.setItem(this.prefix + decision.decision_id, JSON.stringify(entry));
    } catch {
      this.#memory = this.#kept; // full, or not allowed: kept while the page is open
      this.#kept.set(decision.decision_id, entry);
    }
    this.#countChanged();
    this.#now();
  }

  /** Takes a decision back that was not sent yet. False: it is under way, or was answered. */
  take(decisionId) {
    if (this.#sending === decisionId || !this.#entry(decisionId) || this.#entry(decisionId).tried) return false;
    this.#drop(decisionId);
    return true;
  }

  get waiting() {
    return this.entries().length;
  }

  /** Oldest first. */
  entries() {
    const entries = [...this.#kept.values()];
    for (let at = 0; at < localStorage.length; at++) {
      const key = localStorage.key(at);
      if (key.startsWith(this.prefix)) entries.push(JSON.parse(localStorage.getItem(key)));
    }
    return entries.sort((earlier, later) => earlier.at - later.at);
  }

  /** Resolves when nothing waits, or when what waits cannot be sent now. */
  async settled() {
    while (this.#running) await new Promise((done) => setTimeout(done, 20));
  }

  #entry(decisionId) {
    const text = localStorage.getItem(this.prefix + decisionId);
    return text === null ? this.#kept.get(decisionId) : JSON.parse(text);
  }

  #drop(decisionId) {
    localStorage.removeItem(this.prefix + decisionId);
    this.#kept.delete(decisionId);
    this.#countChanged();
  }

  #countChanged() {
    this.listener.change(this.waiting);
  }

  #now() {
    clearTimeout(this.#again);
    if (!this.#running && navigator.onLine) this.#run();
  }

  #later(seconds) {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#now(), seconds * 1000);
  }

  async #run() {
    this.#running = true;
    try {
      for (;;) {
        // One tab sends at a time, where the browser has locks; where it has none the server tells repeats apart.
        const more = await (navigator.locks
          ? navigator.locks.request(this.prefix, () => this.#sendOldest())
          : this.#sendOldest());
        if (!more) return;
      }
    } finally {
      this.#running = false;
    }
  }

  async #sendOldest() {
    const entry = this.entries()[0];
    if (!entry) return false;
    this.#sending = entry.decision.decision_id;
    this.#noteTried(entry);
    try {
      const answer = await post("/desk/decisions", entry.decision, this.csrf);
      return await this.#heard(entry, answer);
    } catch {
      this.#pause(); // out of reach
      return false;
    } finally {
      this.#sending = null;
    }
  }

  #noteTried(entry) {
    entry.tried = true;
    if (this.#kept.has(entry.decision.decision_id)) return;
    try {
      localStorage.setItem(this.prefix + entry.decision.decision_id, JSON.stringify(entry));
    } catch {
      // it stands there already, without the note
    }
  }

  async #heard(entry, answer) {
    const body = await answer.json().catch(() => ({}));
    if (answer.status === 401 || body.code === "auth.csrf") return this.#signedInAgain();
    if (answer.status === 429 || answer.status >= 500) {
      this.#pause(Number(answer.headers.get("Retry-After")));
      return false;
    }
    this.#step = 0;
    this.#drop(entry.decision.decision_id);
    if (answer.ok) this.listener.answered(entry, body);
    else this.listener.refused(entry, { status: answer.status, ...body });
    return true;
  }

  /** Whether the same person is signed in here by now, under another token: then what waits is sent with that. Nobody
   * sends what another has decided. */
  async #signedInAgain() {
    const answer = await fetch("/auth/me", { headers: { Accept: "application/json" }, cache: "no-store" });
    const session = answer.ok ? await answer.json() : {};
    if (session.person === this.person && session.csrf !== this.csrf) {
      this.csrf = session.csrf;
      return true;
    }
    this.listener.signedOut();
    this.#pause(PAUSES_S.at(-1));
    return false;
  }

  #pause(seconds = 0) {
    this.#later(Math.max(seconds || 0, PAUSES_S[this.#step]));
    this.#step = Math.min(this.#step + 1, PAUSES_S.length - 1);
  }
}

/** Sends something to the desk. It goes on when the page is closed meanwhile. */
export function post(path, body, csrf) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "Hotich-Csrf": csrf },
    body: JSON.stringify(body),
    keepalive: true,
    cache: "no-store",
  });
}

/** 32 hexadecimal digits that nobody else draws. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
