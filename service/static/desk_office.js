// Every page of the office: what was decided and not sent yet is sent, and people are told of it.
import { Outbox } from "./desk_outbox.js";
import { both, make, say, words } from "./words.js";

document.documentElement.classList.add("script");
const main = document.querySelector("main");

/** Shows a notice, {vi, en}, until it is closed; `href` leads to what it is about. */
export function notice(message, { href = null, kind = "told" } = {}) {
  const close = make("button", "close", ...say("Đóng", "Close"));
  close.type = "button";
  const shown = make("div", `notice ${kind}`, make("p", "", ...both(message)));
  if (href) {
    const link = make("a", "", ...say("Mở giấy tờ này", "Open the paper"));
    link.href = href;
    shown.append(link);
  }
  close.addEventListener("click", () => {
    shown.remove();
    document.getElementById("answer")?.focus();
  });
  shown.append(close);
  document.getElementById("notices").append(shown);
  return shown;
}

/** Keeps something this person chose of the pages; out of reach, it holds for this page alone. */
export function prefer(what, chosen) {
  const body = new URLSearchParams({ csrf: main.dataset.csrf, ...chosen });
  fetch(`/ban-duyet/tuy-chinh/${what}`, { method: "POST", body }).catch(() => {});
}

const themes = document.querySelector("[data-theme-switch]");
themes?.addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  themes.setAttribute("aria-pressed", String(!isDark));
  prefer("giao-dien", { theme: root.dataset.theme });
});
if (themes) themes.setAttribute("aria-pressed", String(getComputedStyle(document.documentElement).colorScheme === "dark"));

/** The outbox of whoever is signed in. `listener`: what this page does besides. */
export function outbox(listener = {}) {
  const place = document.querySelector("[data-unsent]");
  let signIn = null;
  const about = (entry) => entry.about?.label ?? "?";
  const href = (entry) => (entry.about?.document ? `/ban-duyet/giay/${entry.about.document}` : null);
  return new Outbox({
    person: main.dataset.person,
    csrf: main.dataset.csrf,
    listener: {
      change(waiting) {
        place.hidden = waiting === 0;
        main.dataset.waiting = waiting;
        place.replaceChildren(...say(`${waiting} quyết định chưa gửi`, `${waiting} unsent`));
      },
      answered(entry, body) {
        signIn?.remove();
        listener.answered?.(entry, body);
      },
      refused(entry, problem) {
        if (listener.refused?.(entry, problem)) return;
        const isTaken = problem.status === 409;
        const { vi, en } = problem.message ?? words(problem.status, problem.status);
        const message = isTaken
          ? words(
            `“${about(entry)}”: người khác đã quyết định hoặc đang xem mục này`,
            "somebody else has decided this, or is at it",
          )
          : words(`“${about(entry)}”: chưa được ghi. ${vi}`, `not recorded. ${en}`);
        notice(message, { href: href(entry), kind: isTaken ? "taken" : "refused" });
      },
      signedOut() {
        if (signIn?.isConnected) return;
        const message = words(
          "Phiên làm việc đã hết. Hãy đăng nhập lại ở thẻ khác; các quyết định vẫn còn đây.",
          "You are signed out. Sign in again in another tab; your decisions are kept here.",
        );
        signIn = notice(message, { kind: "refused" });
        const link = make("a", "", ...say("Đăng nhập", "Sign in"));
        link.href = "/dang-nhap";
        link.target = "_blank";
        signIn.append(link);
      },
    },
  });
}

if (main.dataset.person && !("work" in main.dataset)) outbox().start();
