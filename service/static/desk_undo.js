// A key takes the decision back that was just made about a submission.
import { keyName, KEYS } from "./desk_keys.js";
import "./desk_office.js";

document.addEventListener("keydown", (event) => {
  const form = document.querySelector("[data-undo]");
  if (KEYS[keyName(event)] !== "undo" || !form) return;
  event.preventDefault();
  form.requestSubmit();
});
