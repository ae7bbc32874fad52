// A picture on its way, with how far it is.

import { announce, word } from "./said.js";

const LARGEST = 12 * 1024 * 1024;
const csrf = document.querySelector("meta[name=csrf]").content;

export async function upload(form, done) {
  const line = form.querySelector("[data-state]");
  const bar = form.querySelector("progress");
  const button = form.querySelector("button:not([type=button])");
  if (button.getAttribute("aria-disabled") === "true") return;
  const say = (state, words) => {
    line.dataset.state = state;
    line.textContent = words;
  };
  if (form.elements.file.files[0]?.size > LARGEST) return say("unsaved", word("too-large"));
  button.setAttribute("aria-disabled", "true");
  bar.hidden = false;
  say("saving", word("saving"));
  const answer = await send(form, (part) => {
    bar.value = part;
    if (part === 1) say("saving", word("taking"));
  });
  bar.hidden = true;
  button.removeAttribute("aria-disabled");
  if (!answer.ok) return say("unsaved", answer.why);
  say("", "");
  form.reset();
  form.closest("details")?.removeAttribute("open");
  await done();
  announce(form.dataset.said);
}

// fetch does not tell how much of a body is sent.
function send(form, sent) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => sent(event.total ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      const why = { 413: "too-large", 401: "signed-out", 403: "signed-out" }[request.status] ?? "lost";
      resolve(request.response?.ok ? { ok: true } : { ok: false, why: request.response?.why ?? word(why) });
    });
    request.addEventListener("error", () => resolve({ ok: false, why: document.getElementById("lost").textContent }));
    request.send(new FormData(form));
  });
}
