// The notes table: pick notes, then put them under a theme by key, button or drag. Nothing moves by itself.

import { Live } from "./live.js";
import { Verbs, typing } from "./verbs.js";

const table = document.getElementById("table");
const lost = document.getElementById("lost");
const { code, exercise } = table.dataset;
const verbs = new Verbs();
let picked = []; // ids in the order in which they were picked: the first stands for the others when they are merged
let dragged = null;

new Live({
  surface: `themes:${exercise}`,
  code,
  lang: document.documentElement.lang,
  revision: table.dataset.revision,
  now: table.dataset.now,
  nowUrl: `/c/${code}/themes/${exercise}/now`,
  onFrame: () => pick(picked),
  onConnection: (up, since) => {
    lost.hidden = up;
    lost.querySelector("time").textContent = new Date(since).toTimeString().slice(0, 5);
    document.body.dataset.connected = up;
  },
  onGone: () => location.assign("/workshops"),
});

const boxes = () => [...document.querySelectorAll("input[name=notes]")];

// Picks these notes and no others; those that are gone are forgotten.
function pick(ids) {
  const there = new Set(boxes().map((box) => box.value));
  picked = ids.filter((id) => there.has(id));
  for (const box of boxes()) box.checked = picked.includes(box.value);
  for (const card of document.querySelectorAll("[data-note]")) card.classList.toggle("on", picked.includes(card.dataset.note));
  const said = document.querySelector("[data-how-many]");
  said.dataset.none ??= said.textContent;
  const many = document.getElementById("picked-many").innerHTML.replace("N", picked.length);
  said.textContent = { 0: said.dataset.none, 1: document.getElementById("picked-one").innerHTML }[picked.length] ?? many;
}

async function act(button) {
  const form = button.form;
  if (button.name === "into") button.value = picked[0] ?? "";
  if (!picked.length && button.dataset.key !== "add") return document.getElementById("show-help").focus();
  const chosen = picked;
  const typed = [...form.querySelectorAll("input[type=text]")].map((input) => [input, input.value]);
  const posted = verbs.post(form, button);
  pick([]); // what is picked from now on goes elsewhere
  if (!(await posted)) return pick([...chosen, ...picked]);
  announce(button.textContent);
  // What was typed meanwhile is the next theme's name.
  if (button.dataset.key === "add") for (const [input, value] of typed) if (input.value === value) input.value = input.defaultValue = "";
}

function announce(words) {
  document.getElementById("announce").textContent = words;
}

document.addEventListener("change", (event) => {
  const box = event.target.closest("input[name=notes]");
  if (box) pick(box.checked ? [...picked, box.value] : picked.filter((id) => id !== box.value));
});

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-picked], [data-verb]")) return; // a dialog closes by itself
  event.preventDefault();
  if (event.target.matches("[data-picked]")) return act(event.submitter);
  const menu = event.target.closest("details");
  if (await verbs.post(event.target)) menu?.removeAttribute("open");
});

document.addEventListener("click", (event) => {
  const several = event.target.closest("[data-pick]");
  if (several) pick(several.dataset.pick.split(" "));
});

document.addEventListener("keydown", (event) => {
  if (typing(event)) return;
  if (event.key === "?") return document.getElementById("help").showModal();
  if (event.key === "Escape") return pick([]);
  const key = event.key.toLowerCase();
  if (key === "u") return verbs.post(document.querySelector("[data-key=u]"));
  if (key === "n") {
    event.preventDefault();
    return document.querySelector(".new-theme input").focus();
  }
  const wanted = key === "m" ? "[data-key=m]" : /^[0-9]$/.test(key) && `.moves [data-number="${key}"]`;
  const button = wanted && document.querySelector(wanted);
  if (!button) return;
  event.preventDefault();
  const focused = document.activeElement?.closest("[data-note]")?.dataset.note;
  if (!picked.length && focused) pick([focused]);
  act(button);
});

// Dragging is an extra: what is dragged goes with what is picked, onto a theme.
document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-note]");
  if (!card) return;
  dragged = card.dataset.note;
  event.dataTransfer.setData("text/plain", dragged);
  event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragover", (event) => {
  const column = dragged && event.target.closest?.("[data-theme]");
  for (const one of document.querySelectorAll(".column.over")) if (one !== column) one.classList.remove("over");
  if (!column) return;
  event.preventDefault();
  column.classList.add("over");
});
document.addEventListener("dragend", () => {
  dragged = null;
  document.querySelector(".column.over")?.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  const column = dragged && event.target.closest?.("[data-theme]");
  if (!column) return;
  event.preventDefault();
  if (!picked.includes(dragged)) pick([dragged]);
  act(document.querySelector(`.moves [value="${CSS.escape(column.dataset.theme)}"]`));
});

document.getElementById("show-help").addEventListener("click", () => document.getElementById("help").showModal());
