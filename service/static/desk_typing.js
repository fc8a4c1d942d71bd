// Telex and VNI as people know them: marks while typing, at any place of the syllable, taken back by the same key again.
// What an input method of the computer writes is composed already and passes through.

const TONES = { s: "\u0301", f: "\u0300", r: "\u0309", x: "\u0303", j: "\u0323", z: "" };
const VNI_TONES = { 1: "s", 2: "f", 3: "r", 4: "x", 5: "j", 0: "z" };
// Any consonants may begin a syllable, in names of other peoples too (Krông, Bhưm); f, j, w, z begin none.
const isOnset = (text) => /^(?:[bcdđghklmnpqrstvx]{0,3}|g?i|qu)$/.test(text);
const CODAS = new Set(["", "c", "ch", "k", "m", "n", "ng", "nh", "p", "t"]);
const STOPS = new Set(["c", "ch", "k", "p", "t"]); // before these a syllable has no other tone than sắc and nặng
const NUCLEI = new Set(
  ("a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iêu iu oa oă oai oao oay oe oeo oi oo ôi ơi ua uâ uây uê ui " +
    "uô uôi uơ uy uya uyê uyu yu ưa ưi ươ ươi ươu ưu yê yêu").split(" "),
);
const BARE = { ă: "a", â: "a", ê: "e", ô: "o", ơ: "o", ư: "u" };
const bare = (letters) => [...letters].map((letter) => BARE[letter] ?? letter).join("");
const BARE_NUCLEI = new Set([...NUCLEI].map(bare));
const ROUND = { a: "â", e: "ê", o: "ô" };
const isVowel = (letter) => /[aăâeêioôơuưy]/.test(letter);

/** A word as letters without tones, in small letters, with its one tone and where its capitals stand. */
function taken(word) {
  let tone = "";
  const letters = [];
  const upper = [];
  for (const sign of word.normalize("NFC")) {
    const plain = sign.normalize("NFD");
    const mark = [...plain].find((part) => "\u0301\u0300\u0309\u0303\u0323".includes(part)) ?? "";
    tone = mark || tone;
    const letter = plain.replace(mark || "\0", "").normalize("NFC");
    letters.push(letter.toLowerCase());
    upper.push(letter !== letter.toLowerCase());
  }
  return { letters, upper, tone };
}

/** Onset, nucleus and coda; the u of "qu" and the i of "gi" before a vowel are the onset's. */
function parted(letters) {
  let at = letters.findIndex(isVowel);
  if (at < 0) at = letters.length;
  const glide = (letters[at - 1] === "q" && letters[at] === "u") || (letters[at - 1] === "g" && letters[at] === "i" && at === 1);
  if (glide && isVowel(letters[at + 1] ?? "")) at += 1;
  let end = at;
  while (end < letters.length && isVowel(letters[end])) end += 1;
  const text = letters.join("");
  return { at, end, onset: text.slice(0, at), nucleus: text.slice(at, end), coda: text.slice(end) };
}

/** Whether marks may be put on it: a syllable so far, whatever marks it still lacks. */
function isSyllable(letters) {
  const { onset, nucleus, coda } = parted(letters);
  return isOnset(onset) && BARE_NUCLEI.has(bare(nucleus)) && CODAS.has(coda);
}

/** Whether a word that is being typed can still become a syllable. */
function isOnItsWay(word) {
  const { letters, tone } = taken(word);
  const { onset, nucleus, coda } = parted(letters);
  if (!nucleus) return isOnset(onset);
  return isSyllable(letters) && !(STOPS.has(coda) && tone && !"\u0301\u0323".includes(tone));
}

/** The word with its tone where Vietnamese puts it (hòa, thúy); where it is no syllable, on its last vowel. */
function written({ letters, upper, tone }) {
  const place = tone ? tonePlace(letters) : -1;
  return letters
    .map((letter, at) => (at === place ? (letter + tone).normalize("NFC") : letter))
    .map((letter, at) => (upper[at] ? letter.toUpperCase() : letter))
    .join("");
}

function tonePlace(letters) {
  const { at, end, nucleus, coda } = parted(letters);
  if (!nucleus) return -1;
  const marked = [...nucleus].map((letter) => letter in BARE).lastIndexOf(true);
  if (marked >= 0) return at + marked;
  if (nucleus.length === 1) return at;
  if (nucleus.length > 2) return at + 1;
  return coda ? end - 1 : at;
}

/** `word` with the letter of `key` behind it. */
function appended(word, key, letter = key.toLowerCase()) {
  const { letters, upper, tone } = taken(word);
  const { nucleus, coda, end } = parted(letters);
  // "uơ" and "ưo" are whole only at the end of a syllable: huơ, but hương.
  if (!coda && (nucleus === "uơ" || nucleus === "ưo")) letters.splice(end - 2, 2, "ư", "ơ");
  return written({ letters: [...letters, letter], upper: [...upper, key !== key.toLowerCase()], tone });
}

/** The word with a tone; without it and with the key's letter where it had this one; null where it takes none. */
function toned(word, key) {
  const whole = taken(word);
  const tone = TONES[key.toLowerCase()];
  if (!isSyllable(whole.letters) || (!tone && !whole.tone)) return null;
  if (STOPS.has(parted(whole.letters).coda) && tone && !"\u0301\u0323".includes(tone)) return null;
  return whole.tone === tone ? { undone: written({ ...whole, tone: "" }) } : { made: written({ ...whole, tone }) };
}

/** The word with these letters of its nucleus changed, if it can have such a nucleus. */
function withNucleus(word, change) {
  const whole = taken(word);
  const { at, end, onset, nucleus, coda } = parted(whole.letters);
  if (!nucleus || !isOnset(onset) || !CODAS.has(coda)) return null;
  const changed = change(nucleus, { onset, coda });
  if (changed === null || (!NUCLEI.has(changed) && changed !== "ưo")) return null;
  const letters = [...whole.letters.slice(0, at), ...changed, ...whole.letters.slice(end)];
  return written({ ...whole, letters });
}

/** â, ê, ô. `key`: a, e or o. */
function rounded(word, key) {
  const plain = key.toLowerCase();
  if (parted(taken(word).letters).nucleus.includes(ROUND[plain])) {
    return { undone: replaced(word, { [ROUND[plain]]: plain }) };
  }
  const made = withNucleus(word, (nucleus) => {
    const at = [...nucleus].map((letter) => bare(letter)).lastIndexOf(plain);
    if (at < 0) return null;
    const before = nucleus.slice(0, at).replace("ư", "u"); // ươ becomes uô
    return before + ROUND[plain] + nucleus.slice(at + 1);
  });
  return made === null ? null : { made };
}

/** ơ, ư, ươ (`horn`), ă (`breve`); Telex has one key for both. */
function hooked(word, { horn = true, breve = true } = {}) {
  const { nucleus, onset } = parted(taken(word).letters);
  if ((horn && /[ơư]/.test(nucleus) && nucleus !== "ưo") || (breve && nucleus.includes("ă"))) {
    return { undone: replaced(word, { ...(horn && { ơ: "o", ư: "u" }), ...(breve && { ă: "a" }) }) };
  }
  const made = withNucleus(word, (own, { coda }) => {
    if (horn && /[uư][oô]/.test(own)) {
      const open = own.length === 2 && !coda && own[0] === "u" && ["h", "th", "kh"].includes(onset);
      return own.replace(/[uư][oô]/, open ? "uơ" : "ươ");
    }
    if (horn && /^u[aiu]?$/.test(own)) return own.replace("u", "ư");
    if (horn && /[oô]/.test(own) && !own.includes("a")) return own.replace(/[oô]/, "ơ");
    return breve && /[aâ]/.test(own) ? own.replace(/[aâ]/, "ă") : null;
  });
  return made === null ? null : { made };
}

function stroked(word) {
  const { letters } = taken(word);
  const rest = letters.slice(1);
  if (letters[0] === "đ") return { undone: replaced(word, { đ: "d" }) };
  return letters[0] === "d" && (!rest.length || isSyllable(letters)) ? { made: replaced(word, { d: "đ" }) } : null;
}

/** The word with each of these letters put for another, capitals and tone kept. */
function replaced(word, others) {
  const whole = taken(word);
  return written({ ...whole, letters: whole.letters.map((letter) => others[letter] ?? letter) });
}

/** What a key means behind a word: {made}, {undone} (to be followed by the key's own letter), or null: its letter. */
function meant(word, key, way) {
  const small = key.toLowerCase();
  if (way === "vni") {
    if (small in VNI_TONES) return toned(word, VNI_TONES[small]);
    if (small === "6") return ["a", "e", "o"].reduce((found, plain) => found ?? rounded(word, plain), null);
    if (small === "7") return hooked(word, { breve: false });
    if (small === "8") return hooked(word, { horn: false });
    return small === "9" ? stroked(word) : null;
  }
  if (small in TONES) return toned(word, key);
  if (small in ROUND) return rounded(word, key);
  if (small === "d") return stroked(word);
  if (small !== "w") return null;
  const { letters } = taken(word);
  const text = letters.join("");
  const alone = text === "gi" || (isOnset(text) && !letters.some(isVowel) && text !== "q");
  return alone ? { made: appended(word, key, "ư") } : hooked(word);
}

/** The word after a key, as {word, state}. `state`: what this function told of the key before, null at first.
 *
 * The same key again takes its mark back. Where the word can no longer become a syllable ("excel", "word") its keys
 * stand as they were pressed. */
export function typed(word, key, way, state = null) {
  const known = state?.word === word ? state : { raw: word ? null : "" };
  const small = key.toLowerCase();
  if (known.key === small) return { word: known.undone, state: { word: known.undone, raw: known.undone } };
  const found = meant(word, key, way);
  if (found?.undone !== undefined) {
    const back = appended(found.undone, key);
    return { word: back, state: { word: back, raw: back } };
  }
  const raw = known.raw === null ? null : known.raw + key;
  const made = found?.made ?? appended(word, key);
  if (raw !== null && made !== raw && !isOnItsWay(made)) return { word: raw, state: { word: raw, raw } };
  return { word: made, state: { word: made, raw, ...(found && { key: small, undone: appended(word, key) }) } };
}

/** What keys typed one after the other give. */
export function typedAll(keys, way = "telex") {
  let [word, state] = ["", null];
  for (const key of keys) ({ word, state } = typed(word, key, way, state));
  return word;
}

const states = new WeakMap();

/** Takes a key that is about to be put into a text input (its `beforeinput`): true where it is put in here instead. */
export function typeInto(input, key, way) {
  const [start, end] = [input.selectionStart, input.selectionEnd];
  if (start !== end || !/^[a-z0-9]$/i.test(key)) return false;
  const head = /[\p{L}\p{M}]*$/u.exec(input.value.slice(0, start))[0];
  const tail = /^[\p{L}\p{M}]*/u.exec(input.value.slice(start))[0];
  if (/\d/.test(key) && (way !== "vni" || !head)) return false;
  const found = tail ? within(head, tail, key, way) : typed(head, key, way, states.get(input) ?? null);
  states.set(input, found?.state ?? null);
  if (!found || found.word === head + key) return false;
  input.setRangeText(found.word + (found.tail ?? ""), start - head.length, end + (found.tail === undefined ? 0 : tail.length));
  const caret = start - head.length + found.word.length;
  input.setSelectionRange(caret, caret);
  return true;
}

/** A key in the middle of a word: a tone goes to the whole syllable, other marks to what stands before the caret. */
function within(head, tail, key, way) {
  const tone = way === "vni" ? VNI_TONES[key] : key.toLowerCase() in TONES ? key.toLowerCase() : null;
  if (!tone) return typed(head, key, way);
  const whole = toned((head + tail).normalize("NFC"), tone);
  if (!whole?.made) return null;
  return { word: whole.made.slice(0, head.length), tail: whole.made.slice(head.length), state: null };
}
