// Telex: words typed in plain letters ("Nguyeenx") turned into Vietnamese ("Nguyễn") when they end.
// What an input method has written already holds other letters, and stays as it is.

const TONES = { s: "\u0301", f: "\u0300", r: "\u0309", x: "\u0303", j: "\u0323", z: "" };
const CODAS = new Set(["", "c", "ch", "k", "m", "n", "ng", "nh", "p", "t"]);
const RHYMES = new Set(
  ("a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iêu iu oa oă oai oao oay oe oeo oi oo ôi ơi ua uâ uây uê ui " +
    "uô uôi uơ uy uya uyê uyu ưa ưi ươ ươi ươu ưu yê yêu").split(" "),
);
const CIRCUMFLEX = { a: "â", e: "ê", o: "ô" };
const HORN = { a: "ă", o: "ơ", u: "ư" };
const isVowel = (letter) => /[aăâeêioôơuưy]/.test(letter);

/** The word as Telex means it; unchanged where it means nothing Vietnamese. Upper case stays where it was. */
export function telexWord(word) {
  if (!/^[a-z]+$/i.test(word)) return word;
  const keys = [...word.toLowerCase()];
  const letters = [];
  const upper = [];
  let tone = "";
  let changed = false;
  for (const [at, key] of keys.entries()) {
    if (key in TONES && letters.some(isVowel)) {
      tone = TONES[key];
      changed = true;
    } else if (marked(letters, key)) changed = true;
    else {
      letters.push(key);
      upper.push(word[at] !== key);
    }
  }
  if (!changed) return word;
  const made = withTone(letters, tone);
  return made === null ? word : [...made].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join("");
}

/** Whether this key marked a letter that stands already: dd, aa, ee, oo, and w. */
function marked(letters, key) {
  if (key === "d" && letters[0] === "d") {
    letters[0] = "đ";
    return true;
  }
  if (key in CIRCUMFLEX) {
    const at = letters.lastIndexOf(key);
    if (at < 0) return false;
    letters[at] = CIRCUMFLEX[key];
    return true;
  }
  return key === "w" && horned(letters);
}

function horned(letters) {
  const quiet = letters[0] === "q" ? 2 : 0; // the u of "qu" is no vowel of the rhyme
  const u = letters.indexOf("u", quiet);
  if (u >= 0 && letters[u + 1] === "o") {
    letters.splice(u, 2, "ư", "ơ");
    return true;
  }
  if (u >= 0 && letters[u + 1] === "a") {
    letters[u] = "ư";
    return true;
  }
  for (let at = letters.length - 1; at >= quiet; at--) {
    if (letters[at] in HORN) {
      letters[at] = HORN[letters[at]];
      return true;
    }
  }
  if (letters.some(isVowel)) return false;
  letters.push("ư");
  return true;
}

/** The syllable with its tone where Vietnamese puts it (hòa, thúy), or null where it is no syllable. */
function withTone(letters, tone) {
  let first = letters.findIndex(isVowel);
  if (first < 0) return tone ? null : letters.join("");
  if (letters[first] === "u" && letters[first - 1] === "q" && isVowel(letters[first + 1] ?? "")) first += 1;
  if (letters[first] === "i" && letters[first - 1] === "g" && first === 1 && isVowel(letters[2] ?? "")) first += 1;
  let end = first;
  while (end < letters.length && isVowel(letters[end])) end += 1;
  const rhyme = letters.slice(first, end);
  const coda = letters.slice(end).join("");
  if (!RHYMES.has(rhyme.join("")) || !CODAS.has(coda)) return null;
  if (!tone) return letters.join("");
  const at = first + tonePlace(rhyme, coda);
  return letters.map((letter, n) => (n === at ? (letter + tone).normalize("NFC") : letter)).join("");
}

function tonePlace(rhyme, coda) {
  const marks = rhyme.map((letter) => /[ăâêôơư]/.test(letter));
  if (marks.includes(true)) return marks.lastIndexOf(true);
  if (rhyme.length === 1) return 0;
  if (rhyme.length === 3) return 1;
  return coda ? 1 : 0;
}

/** Turns the word that ends at the caret. `input`: a text input. Returns whether something changed. */
export function turnWord(input) {
  const end = input.selectionStart;
  const before = input.value.slice(0, end);
  const word = /[a-z]+$/i.exec(before)?.[0] ?? "";
  const cut = before.length - word.length;
  if (!word || (cut > 0 && /\p{L}|\p{M}/u.test(before[cut - 1]))) return false; // the rest of a word with marks
  const turned = telexWord(word);
  if (turned === word) return false;
  input.setRangeText(turned, cut, end, "end");
  return true;
}
