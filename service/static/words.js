// Texts in both languages, as the pages write them: Vietnamese first.

/** The nodes of a text given as "tiếng Việt / English". */
export function both(text) {
  const cut = text.indexOf(" / ");
  const vi = document.createElement("span");
  vi.className = "vi";
  vi.textContent = cut < 0 ? text : text.slice(0, cut);
  if (cut < 0) return [vi];
  const en = document.createElement("span");
  en.className = "en";
  en.lang = "en";
  en.textContent = text.slice(cut + 3);
  return [vi, " ", en];
}

/** An element with these classes and children; strings become text, never markup. */
export function make(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
