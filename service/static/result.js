// The page of a submission: follows it to its answer, then shows the answer on the citizen's own photos.
import { marked, picture, snippet } from "./photo.js";
import { both, make, say, words } from "./words.js";

const PAUSES_S = [2, 3, 5, 8, 10];
const MOST_PAGES = 4;

/** The submission's page as it stands now. Throws when it cannot be had. */
async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html", "Hotich-Script": "1" }, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Waits for the answer: told by the server's events, else by asking again and again. `onAnswer(page)`. */
export function follow(main, address, onAnswer) {
  if (!("waiting" in main.dataset)) return;
  const here = () => main.isConnected;
  const ask = async () => onAnswer(await fetched(address));
  const events = new EventSource(`/submissions/${main.dataset.result}/events`);
  let poll = null;
  const pollFrom = (step) => {
    poll = setTimeout(async () => {
      if (!here()) return;
      try {
        const page = await fetched(address);
        if (!("waiting" in page.querySelector("main").dataset)) return onAnswer(page);
        const queue = page.querySelector("[data-queue]");
        main.querySelector("[data-queue]").replaceChildren(...(queue?.childNodes ?? []));
      } catch {
        // out of reach for now: asked again
      }
      pollFrom(Math.min(step + 1, PAUSES_S.length - 1));
    }, PAUSES_S[step] * 1000);
  };
  const instead = () => {
    events.close();
    if (poll === null) pollFrom(0);
  };
  events.addEventListener("status", (event) => {
    if (!here()) return events.close();
    const submission = JSON.parse(event.data);
    if (submission.status !== "received") {
      events.close();
      ask().catch(instead);
    } else if (submission.queue) {
      main.querySelector("[data-queue]").replaceChildren(...both(queueText(submission.queue)));
    }
  });
  events.addEventListener("error", () => here() ? instead() : events.close());
}

/** Where the submission stands, as {vi, en}. */
function queueText({ position, page }) {
  if (position) return words(`Trước bạn còn ${position} hồ sơ.`, `${position} before yours.`);
  if (page) return words(`Đã đọc xong trang ${page}.`, `Page ${page} has been read.`);
  return words("Đang đọc…", "Being read…");
}

/** Shows places and pieces of the photos that were sent; `files` as they were sent, empty on a page opened later. */
export async function showOnPhotos(main, files, typed) {
  for (const [number, { file, label }] of files.entries()) {
    const place = main.querySelector(`[data-photo-of="${number + 1}"]`);
    const figures = await show(main, number + 1, file, label);
    if (figures.length) place?.replaceWith(...figures);
    for (const where of main.querySelectorAll(`[data-file="${number + 1}"] .where .vi`)) where.textContent = label;
  }
  // What was typed is still in the form on this device, also where the server does not keep it.
  for (const line of main.querySelectorAll(".line")) {
    const value = typed.get(line.dataset.name);
    const place = line.querySelector("[data-declared] .hidden");
    if (value && place) place.replaceWith(make("span", "vi", value));
  }
}

/** On a page opened later, the photo can be chosen again to see its marks. */
export function watchLooking(main) {
  for (const place of main.querySelectorAll("[data-photo-of]")) {
    const input = place.querySelector("input");
    const look = async () => {
      for (const old of place.querySelectorAll("figure, .cannot")) old.remove();
      if (!input.files.length) return;
      const number = Number(place.dataset.photoOf);
      const figures = await show(main, number, input.files[0], `Ảnh ${number}`);
      const refused = say("Không mở được ảnh này ở đây", "This photo cannot be opened here");
      place.append(...(figures.length ? figures : [make("p", "error cannot", ...refused)]));
    };
    input.addEventListener("change", look);
    look(); // a file may have been chosen before this script came, or be kept by a browser that comes back
  }
}

/** Puts the pieces of a file's pages beside what was read from them; gives a figure of each page with marks. */
async function show(main, number, file, label) {
  const figures = [];
  const first = await picture(file);
  for (const page of pagesOf(main, number)) {
    const bitmap = page === 1 && first ? first : await drawnPage(main, number, page, file);
    if (!bitmap) continue;
    const marks = marksOf(main, number, page);
    if (marks.length) figures.push(marked(bitmap, marks, page === 1 ? label : `${label}, trang ${page}`));
    showPieces(main, number, page, bitmap);
    bitmap.close();
  }
  return figures;
}

/** The pages of a file that something is shown of, the first ones. */
function pagesOf(main, number) {
  const places = main.querySelectorAll(`[data-file="${number}"][data-place]`);
  return [...new Set([...places].map((place) => Number(place.dataset.page)))].sort((a, b) => a - b).slice(0, MOST_PAGES);
}

/** A page that this browser cannot show by itself, drawn by the server from the very file; null when it cannot be. */
async function drawnPage(main, number, page, file) {
  if (!main.dataset.csrf) return null;
  try {
    const answer = await fetch(`/ket-qua/${main.dataset.result}/trang/${number}?page=${page}`, {
      method: "POST",
      headers: { "Hotich-Csrf": main.dataset.csrf, "Content-Type": "application/octet-stream" },
      body: file,
    });
    if (!answer.ok) return null;
    const [resizeWidth, resizeHeight] = answer.headers.get("Hotich-Scan").split(" ").map(Number);
    return await createImageBitmap(await answer.blob(), { resizeWidth, resizeHeight });
  } catch {
    return null;
  }
}

function marksOf(main, number, page) {
  const notes = main.querySelectorAll(`.notes [data-file="${number}"][data-place][data-page="${page}"]`);
  return [...notes].map((note) => ({ number: Number(note.dataset.number), place: note.dataset.place }));
}

function showPieces(main, number, page, bitmap) {
  for (const cell of main.querySelectorAll(`[data-read][data-file="${number}"][data-page="${page}"]`)) {
    const piece = snippet(bitmap, cell.dataset.place);
    if (!piece) continue;
    piece.className = "piece";
    piece.setAttribute("role", "img");
    piece.setAttribute("aria-label", "Đoạn ảnh của mục này");
    cell.querySelector(".piece")?.remove();
    cell.querySelector(".hidden")?.classList.add("offscreen");
    cell.append(piece);
  }
}
