// Presses of keys by the names that the page gives its actions: "F2", "Alt+C", "Alt+ArrowLeft".

const SIGNS = { Equal: "+", NumpadAdd: "+", Minus: "-", NumpadSubtract: "-" };

/** The name of a press, by the key's place: what an input method makes of it does not count. */
export function keyName(event) {
  const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event;
  const place = SIGNS[code] ?? (/^(?:Key|Digit|Numpad)(.)$/.exec(code)?.[1] || key);
  const held = [ctrlKey && "Ctrl", metaKey && "Meta", altKey && "Alt", shiftKey && place.length > 1 && "Shift"];
  return [...held.filter(Boolean), place].join("+");
}

/** Key to action, as this person has them. */
export const KEYS = JSON.parse(document.querySelector("main").dataset.keys ?? "{}");
