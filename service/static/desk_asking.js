// On a phone the answer is looked at first; at a counter the next card is scanned at once, which the page itself sees to.
// Who has begun to type before this script came keeps the field.
const person = document.getElementById("a-person");
const answer = document.getElementById("answer") ?? document.querySelector("#problem:not([hidden])");
if (answer && !person.value && matchMedia("(max-width: 40rem)").matches) {
  person.blur();
  answer.scrollIntoView({ block: "start" });
}
