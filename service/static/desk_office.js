// Every page of the office: what was decided and not sent yet is sent, and said.
import { Outbox } from "./desk_outbox.js";
import { both, make } from "./words.js";

document.documentElement.classList.add("script");
const main = document.querySelector("main");

/** Shows a notice until it is closed; `href` leads to what it is about. */
export function notice(text, { href = null, kind = "told" } = {}) {
  const close = make("button", "close", ...both("Đóng / Close"));
  close.type = "button";
  const shown = make("div", `notice ${kind}`, make("p", "", ...both(text)));
  if (href) {
    const link = make("a", "", ...both("Mở giấy này / Open the paper"));
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

/** The outbox of whoever is signed in. `hears`: more than is said on every page. */
export function outbox(hears = {}) {
  const place = document.querySelector("[data-unsent]");
  let signIn = null;
  const about = (entry) => entry.about?.label ?? "?";
  const href = (entry) => (entry.about?.document ? `/ban-duyet/giay/${entry.about.document}` : null);
  return new Outbox({
    person: main.dataset.person,
    csrf: main.dataset.csrf,
    said: {
      change(waiting) {
        place.hidden = waiting === 0;
        main.dataset.waiting = waiting;
        place.replaceChildren(...both(`${waiting} quyết định chưa gửi / ${waiting} unsent`));
      },
      answered(entry, body) {
        signIn?.remove();
        hears.answered?.(entry, body);
      },
      refused(entry, problem) {
        if (hears.refused?.(entry, problem)) return;
        const told = problem.message ? `${problem.message.vi} / ${problem.message.en}` : `${problem.status}`;
        const text = problem.status === 409
          ? `“${about(entry)}”: người khác đã quyết định hoặc đang xem mục này / somebody else has decided this, or is at it`
          : `“${about(entry)}”: chưa được ghi. ${told.replace(" / ", " / not recorded. ")}`;
        notice(text, { href: href(entry), kind: problem.status === 409 ? "taken" : "refused" });
      },
      signedOut() {
        if (signIn?.isConnected) return;
        signIn = notice("Phiên làm việc đã hết. Hãy đăng nhập lại ở thẻ khác; các quyết định vẫn còn đây."
          + " / You are signed out. Sign in again in another tab; your decisions are kept here.", { kind: "refused" });
        const link = make("a", "", ...both("Đăng nhập / Sign in"));
        link.href = "/dang-nhap";
        link.target = "_blank";
        signIn.append(link);
      },
    },
  });
}

if (main.dataset.person && !("work" in main.dataset)) outbox().start();
