// The console: watches like any surface, acts by posting forms. Every button is a form, so all works without this too.

import { Live } from "./live.js";
import { runTimers } from "./timer.js";
import { Verbs, typing } from "./verbs.js";

const DOUBLE_PRESS_MS = 600; // a clicker that bounces moves one step

const desk = document.getElementById("console");
const lost = document.getElementById("lost");
const { code } = desk.dataset;

const live = new Live({
  surface: "console",
  code,
  lang: document.documentElement.lang,
  revision: desk.dataset.revision,
  now: desk.dataset.now,
  nowUrl: `/c/${code}/now`,
  onFrame: () => tick(),
  onConnection: (up, since) => {
    lost.hidden = up;
    lost.querySelector("time").textContent = new Date(since).toTimeString().slice(0, 5);
    document.body.dataset.connected = up;
  },
  onGone: () => location.assign("/workshops"),
});

const verbs = new Verbs();
let lastPress = 0;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-verb]");
  if (!form) return;
  event.preventDefault();
  press(form);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send]")) press(event.target.form);
});

async function press(form) {
  const moving = form.dataset.key === "next";
  if (moving && (verbs.busy || Date.now() - lastPress < DOUBLE_PRESS_MS)) return;
  if (form.dataset.verb === "end" && !(await sure())) return;
  if (moving) lastPress = Date.now();
  await verbs.post(form);
}

function sure() {
  const dialog = document.getElementById("sure");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

const KEYS = { ArrowRight: "next", PageDown: "next", n: "next", b: "b", ".": "b", p: "p", "+": "+", "=": "+" };

document.addEventListener("keydown", (event) => {
  if (typing(event)) return;
  if (event.key === "?") return document.getElementById("help").showModal();
  if (event.key === "ArrowLeft" || event.key === "PageUp") {
    event.preventDefault();
    const current = [...document.querySelectorAll(".views form")];
    const on = current.findIndex((form) => form.querySelector(".on"));
    if (on > 0) press(current[on - 1]);
    return;
  }
  const name = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  const form = name && document.querySelector(`[data-key="${CSS.escape(name)}"]`);
  if (!form) return;
  event.preventDefault();
  press(form);
});

document.getElementById("show-help").addEventListener("click", () => document.getElementById("help").showModal());
document.getElementById("show-links").addEventListener("click", () => document.getElementById("links").showModal());
const tick = runTimers(() => live.now());
