// Texts in both languages, as the pages write them: Vietnamese first.

/** A text in both languages, as {vi, en}. */
export function words(vi, en) {
  return { vi, en };
}

/** The nodes of a text {vi, en}: one where both are the same. */
export function both({ vi, en }) {
  const nodes = [inLanguage("vi", vi)];
  if (en !== vi) nodes.push(" ", inLanguage("en", en));
  return nodes;
}

/** The nodes of a text given in both languages. */
export function say(vi, en) {
  return both(words(vi, en));
}

function inLanguage(language, text) {
  const span = document.createElement("span");
  span.className = language;
  if (language !== "vi") span.lang = language; // the page is Vietnamese
  span.textContent = text;
  return span;
}

/** An element with these classes and children; strings become text, never markup. */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}
