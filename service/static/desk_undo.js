// F8 takes the decision back that was just made about a submission.
import "./desk_office.js";

document.addEventListener("keydown", (event) => {
  const form = document.querySelector("[data-undo]");
  if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey || !form) return;
  event.preventDefault();
  form.requestSubmit();
});
