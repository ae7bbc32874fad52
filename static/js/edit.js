// The editor of the write-up: saves while somebody types, and shows beside it what comes of it.
// Every change is a form that works without this too.

import { Live } from "./live.js";
import { Verbs } from "./verbs.js";
import { Editor } from "./edit/editor.js";
import { Fields } from "./edit/fields.js";
import { saveFile } from "./edit/files.js";
import { Preview } from "./edit/preview.js";
import { announce, word } from "./edit/said.js";
import { upload } from "./edit/upload.js";

const root = document.getElementById("write-up");
const lost = document.getElementById("lost");
const { code } = root.dataset;
const lang = document.documentElement.lang;
document.body.dataset.scripted = "";

const verbs = new Verbs();
const preview = new Preview(document.getElementById("paper"), code, lang);
const editor = new Editor(root.dataset.here, verbs, (doc, askedAt) => {
  fields.take(doc, askedAt);
  preview.refresh();
});
const fields = new Fields(root.dataset.session, { load: () => editor.load(), saved: () => editor.refresh() });
preview.refresh();

const live = new Live({
  surface: "console",
  code,
  lang,
  revision: document.getElementById("editing").dataset.revision,
  nowUrl: `/c/${code}/now`,
  onFrame: () => editor.refresh(live.revision),
  onConnection: (up, since) => {
    lost.hidden = up;
    lost.querySelector("time").textContent = new Date(since).toTimeString().slice(0, 5);
    document.body.dataset.connected = up;
    if (up) fields.retry();
  },
  onGone: () => location.assign("/workshops"),
});

const publishing = new Set(); // forms that take longer than a second press of their button

async function act(form, submitter) {
  if (submitter?.getAttribute("aria-disabled") === "true" || publishing.has(form)) return;
  const { said, then, settle } = form.dataset;
  if (settle !== undefined) publishing.add(form);
  const done = (settle === undefined || (await settled())) && (await verbs.post(form));
  await editor.refresh(); // what was refused goes back to what it was
  publishing.delete(form);
  if (!done) return;
  if (said) announce(said);
  if (then) document.getElementById(then)?.focus();
}

// Whether all that was typed is saved, and has been seen as it is now.
async function settled() {
  if (!(await fields.settle())) verbs.say(word("unsaved-yet"));
  else await editor.refresh();
  return fields.isSaved;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-write], [data-act], [data-upload]")) event.preventDefault();
  if (form.matches("[data-write]")) fields.save(form);
  if (form.matches("[data-act]")) act(form, event.submitter);
  if (form.matches("[data-upload]")) upload(form, () => editor.refresh());
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send]")) act(event.target.form);
});

document.addEventListener("focusin", (event) => {
  const part = event.target.closest("[data-part]")?.dataset.part;
  if (part) preview.show(part);
});

document.addEventListener("click", (event) => {
  const { target } = event;
  const shown = target.closest("[data-preview]");
  if (shown) preview.turn(shown.dataset.preview);
  if (target.closest("#switch-pane")) switchPane();
  const file = target.closest("[data-file]");
  if (file && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    saveFile(file, code);
  }
});

// On narrow screens there is room for one of the two.
function switchPane() {
  const pane = document.body.dataset.pane === "preview" ? "" : "preview";
  document.body.dataset.pane = pane;
  document.getElementById("switch-pane").setAttribute("aria-pressed", String(Boolean(pane)));
  if (pane) preview.show();
}
