// notes: pick a prompt, write a short note, say whether it may be quoted, send it; each can be changed or taken back.

import { graphemes, newId, wellFormed } from "../pieces.js";

export function mount(root, { lang, value, change, draft }) {
  const form = root.querySelector(".notes-form");
  const find = (name) => form.querySelector(`[data-${name}]`);
  const most = Number(form.dataset.most);
  const longest = Number(form.dataset.longest);
  const prompts = new Map([...form.querySelectorAll("input[type=radio]")].map((input) => [input.value, input]));
  const text = find("text");
  const tick = find("quotable");
  let notes = [];
  let changing = null; // id of the note that is being rewritten
  let usual = value?.notes?.at(-1)?.quotable ?? false; // the last choice; a note that is rewritten keeps its own

  for (const input of prompts.values()) input.addEventListener("change", () => pick());
  text.addEventListener("input", () => {
    measure();
    keep();
  });
  tick.addEventListener("change", () => {
    if (!changing) usual = tick.checked;
    if (text.value) keep();
  });
  find("add").addEventListener("click", send);
  tick.checked = usual;
  show(value);
  restore();

  function keep() {
    if (text.value.trim()) draft.set({ prompt: picked(), text: text.value, changing, quotable: tick.checked });
    else draft.clear();
  }

  function picked() {
    return [...prompts.values()].find((input) => input.checked)?.value ?? null;
  }

  function promptText(id) {
    return prompts.get(id)?.parentElement.textContent.trim() ?? "";
  }

  function pick() {
    const id = picked();
    const full = notes.length >= most && !changing;
    find("writing").hidden = id === null;
    find("picked").textContent = id ? promptText(id) : "";
    find("full").hidden = !full;
    text.disabled = tick.disabled = find("add").disabled = full;
    measure();
  }

  function measure() {
    const left = longest - graphemes(text.value.trim());
    find("left").textContent = left;
    find("wrong").hidden = left >= 0;
    find("add").disabled = left < 0 || !text.value.trim() || text.disabled;
  }

  function send() {
    const words = wellFormed(text.value).trim();
    if (!words || graphemes(words) > longest) return;
    const note = { id: changing ?? newId(), prompt: picked(), lang, text: words, quotable: tick.checked };
    notes = changing ? notes.map((one) => (one.id === changing ? note : one)) : [...notes, note];
    changing = null;
    text.value = "";
    tick.checked = usual;
    draft.clear();
    change({ notes });
    draw();
    text.focus();
  }

  function draw() {
    find("mine").hidden = notes.length === 0;
    find("notes").replaceChildren(
      ...notes.map((note) => {
        const row = find("note").content.cloneNode(true);
        row.querySelector("[data-prompt]").textContent = promptText(note.prompt);
        row.querySelector("[data-words]").textContent = note.text;
        row.querySelector("[data-may-be-quoted]").hidden = !note.quotable;
        row.querySelector("[data-change]").addEventListener("click", () => rewrite(note));
        row.querySelector("[data-remove]").addEventListener("click", () => remove(note));
        return row;
      }),
    );
    pick();
  }

  function rewrite(note) {
    changing = note.id;
    prompts.get(note.prompt).checked = true;
    text.value = note.text;
    tick.checked = note.quotable ?? false;
    pick();
    text.focus();
  }

  function remove(note) {
    notes = notes.filter((one) => one.id !== note.id);
    if (changing === note.id) changing = null;
    change({ notes });
    draw();
  }

  function restore() {
    const kept = draft.get();
    if (!kept?.text) return;
    if (prompts.has(kept.prompt)) prompts.get(kept.prompt).checked = true;
    changing = notes.some((note) => note.id === kept.changing) ? kept.changing : null;
    text.value = kept.text;
    tick.checked = kept.quotable ?? false;
    if (!changing) usual = tick.checked;
    pick();
  }

  function show(stored) {
    notes = stored?.notes ?? [];
    draw();
  }

  return { show };
}
