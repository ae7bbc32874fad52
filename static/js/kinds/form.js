// form: fields, the sentence that they make, a checklist, and who may see it. Sent when a field is left or after a pause.

import { keeper } from "../outbox.js";
import { graphemes, newId, wellFormed } from "../pieces.js";

const PAUSE_MS = 1000;
const LONGEST_NAME = 80;

export function mount(root, { lang, value, change, draft }) {
  const form = root.querySelector(".fields-form");
  const find = (name) => form.querySelector(`[data-${name}]`);
  const all = (name) => [...form.querySelectorAll(`[data-${name}]`)];
  const months = form.dataset.months.split(" ");
  const [hour, hours] = form.dataset.hours.split(" ");
  const fields = all("field").map((element) => ({ element, id: element.dataset.field, ...element.dataset }));
  const clauses = all("clause").map((element) => element.dataset.clause);
  const shows = [...form.querySelectorAll(".shows input")];
  const called = keeper.get(`cyd-name ${document.getElementById("phone")?.dataset.code}`) ?? "";
  const EMPTY = { raw: {}, kept: [], show: "private", name: "", quotable: false };
  let id = newId();
  let sent = ""; // the value that was sent last, as JSON
  let waiting = null;
  let before = null; // the sheet that was taken back

  form.addEventListener("input", () => {
    draft.set(sheet());
    forget();
    clearTimeout(waiting);
    waiting = setTimeout(send, PAUSE_MS);
  });
  form.addEventListener("change", send);
  document.addEventListener("visibilitychange", leave);
  for (const tick of all("tick")) tick.querySelector("[data-open]").addEventListener("click", () => go(tick));
  find("take").addEventListener("click", takeBack);
  find("undo").addEventListener("click", undo);
  show(value);
  restore();

  // What stands on the page, as it is typed.
  function sheet() {
    return {
      id,
      raw: Object.fromEntries(fields.map((field) => [field.id, typed(field)]).filter(([, raw]) => raw)),
      kept: all("keep").filter((box) => box.checked).map((box) => box.value),
      show: shows.find((radio) => radio.checked).value,
      name: find("name").value,
      quotable: find("quotable").checked,
    };
  }

  function typed(field) {
    if (field.type === "choice") return field.element.querySelector("input:checked")?.value ?? "";
    return field.element.querySelector("[data-input]").value;
  }

  function write({ raw, kept, show, name, quotable }) {
    for (const field of fields) {
      const given = raw[field.id] ?? "";
      if (field.type !== "choice") field.element.querySelector("[data-input]").value = given;
      else for (const radio of field.element.querySelectorAll("input")) radio.checked = radio.value === given;
    }
    for (const box of all("keep")) box.checked = kept.includes(box.value);
    for (const radio of shows) radio.checked = radio.value === show;
    find("name").value = name || called;
    find("quotable").checked = quotable;
    if (find("more")) find("more").open = fields.some((one) => find("more").contains(one.element) && raw[one.id]);
    find("keeping").open = kept.length > 0;
  }

  // What a field holds in its one form; null where it cannot be read.
  function read(field) {
    const words = wellFormed(typed(field)).replace(/\s+/g, " ").trim();
    if (field.type === "date") {
      const { validity } = field.element.querySelector("[data-input]");
      return validity.badInput || (words && (words < "2000-01-01" || words > "2100-12-31")) ? null : words;
    }
    if (field.type === "hours") {
      if (!words) return "";
      const number = /^\d{1,4}([.,]\d)?$/.test(words) ? Number(words.replace(",", ".")) : 0;
      return number >= 0.5 && number <= 1000 ? String(number) : null;
    }
    return Number(field.most) && graphemes(words) > Number(field.most) ? null : words;
  }

  function readAll() {
    const read_ = fields.map((field) => [field, read(field)]);
    for (const [field, given] of read_) mark(field, given === null);
    const filled = Object.fromEntries(read_.filter(([, given]) => given).map(([field, given]) => [field.id, given]));
    const { kept, show, name, quotable } = sheet();
    const words = wellFormed(name).trim();
    const nameless = show === "named" && (!words || graphemes(words) > LONGEST_NAME);
    // Never more public than was chosen: until there is a name, it stays private.
    const value = { id, lang, filled, kept, show: nameless ? "private" : show, quotable };
    if (value.show === "named") value.name = words;
    return { value, chosen: show, nameless, whole: !nameless && read_.every(([, given]) => given !== null) };
  }

  function mark(field, wrong) {
    const told = field.element.querySelector("[data-wrong]");
    if (!told) return;
    if (told.hidden === wrong) told.hidden = !wrong;
    field.element.querySelector("[data-input]").setAttribute("aria-invalid", wrong);
  }

  function send() {
    clearTimeout(waiting);
    waiting = null;
    const { value, whole } = draw();
    const json = JSON.stringify(value);
    const anything = Object.keys(value.filled).length > 0 || sent;
    if (json !== sent && anything) {
      sent = json;
      change(value);
    }
    if (whole) draft.clear();
  }

  function draw() {
    const read = readAll();
    const { value, chosen, nameless } = read;
    if (find("sentence")) {
      say(find("sentence"), said(value.filled));
      find("nothing").hidden = find("sentence").textContent !== "";
    }
    for (const tick of all("tick")) {
      const done = tick.dataset.fields.split(" ").every((field) => value.filled[field]);
      tick.querySelector("[data-done]").hidden = !done;
      tick.querySelector("[data-open]").hidden = done;
      tick.classList.toggle("done", done);
    }
    find("naming").hidden = chosen !== "named";
    find("nameless").hidden = !nameless;
    find("name").setAttribute("aria-invalid", nameless);
    find("shared").hidden = value.show === "private";
    find("take").hidden = Object.keys(sheet().raw).length === 0;
    for (const box of all("keep")) box.closest("label").hidden = !value.filled[box.value];
    const secret = new Set([...value.kept, ...fields.filter((field) => field.private).map((field) => field.id)]);
    const seen = Object.fromEntries(Object.entries(value.filled).filter(([field]) => !secret.has(field)));
    say(find("seen"), said(seen));
    const spoken = new Set(clauses.map(asks).filter((asked) => asked.every((field) => seen[field])).flat());
    const rest = Object.keys(seen).filter((field) => !spoken.has(field));
    find("rest").replaceChildren(...rest.map((field) => line(`${heading(field)}: ${inWords(field, seen[field])}`)));
    find("unseen").hidden = Object.keys(seen).length > 0;
    find("signed").textContent = value.name && Object.keys(seen).length ? value.name : "";
    return read;
  }

  // The sentence without holes, as `said` in workshop/kinds/form/sentence.py makes it.
  function said(filled) {
    const pieces = [];
    let begun = false;
    for (const clause of clauses) {
      const asked = asks(clause);
      if (!clause || !(asked.length || begun) || !asked.every((field) => filled[field])) continue;
      let words = clause;
      if (!begun) words = (pieces.length ? " " : "") + clause.replace(/^[ ,;:]+/, "");
      else if (!",;:.?!".includes(clause[0])) words = ` ${clause}`;
      let capital = !begun;
      words.split(/\{([a-z0-9-]+)\}/).forEach((part, index) => {
        const given = index % 2 === 1;
        let spoken = given ? inWords(part, filled[part]) : part;
        if (capital && spoken.trim()) {
          spoken = spoken.replace(/\S/u, (letter) => letter.toUpperCase());
          capital = false;
        }
        if (spoken) pieces.push({ words: spoken, given });
      });
      begun = !".?!".includes(clause.at(-1));
    }
    return pieces;
  }

  // The fields that a clause has places for.
  function asks(clause) {
    return [...clause.matchAll(/\{([a-z0-9-]+)\}/g)].map((match) => match[1]);
  }

  function heading(id) {
    return form.querySelector(`[data-keep][value="${id}"]`).parentElement.textContent.trim();
  }

  function line(text) {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }

  function inWords(id, given) {
    const field = fields.find((one) => one.id === id);
    if (field.type === "date") {
      const [year, month, day] = given.split("-").map(Number);
      return `${day} ${months[month - 1]} ${year}`;
    }
    if (field.type === "hours") return `${given} ${given === "1" ? hour : hours}`;
    if (field.type === "choice") return field.element.querySelector(`input[value="${given}"]`).dataset.words;
    return given.replace(/[ .]+$/, "") || given;
  }

  function say(element, pieces) {
    const text = pieces.map((piece) => piece.words).join("");
    if (element.textContent === text) return;
    element.replaceChildren(
      ...pieces.map(({ words, given }) => {
        const part = document.createElement(given ? "b" : "span");
        part.textContent = words;
        return part;
      }),
    );
  }

  function go(tick) {
    const missing = tick.dataset.fields.split(" ").find((field) => !typed(fields.find((one) => one.id === field)));
    const { element } = fields.find((one) => one.id === (missing ?? tick.dataset.fields.split(" ")[0]));
    if (find("more")?.contains(element)) find("more").open = true;
    element.querySelector("input, textarea").focus();
    element.scrollIntoView({ block: "center" });
  }

  function takeBack() {
    before = sheet();
    write(EMPTY);
    send();
    find("taken").hidden = find("undo").hidden = false;
    find("undo").focus();
  }

  function undo() {
    write(before);
    forget();
    send();
    find("take").focus();
  }

  function forget() {
    before = null;
    find("taken").hidden = find("undo").hidden = true;
  }

  // A phone that goes to sleep may not wake in time for the pause to end.
  function leave() {
    if (!root.isConnected) document.removeEventListener("visibilitychange", leave);
    else if (document.hidden && waiting) send();
  }

  function restore() {
    const kept = draft.get();
    if (!kept) return;
    id = kept.id;
    write(kept);
    draw();
    waiting = setTimeout(send, PAUSE_MS);
  }

  function show(stored) {
    clearTimeout(waiting);
    waiting = null;
    if (stored) id = stored.id;
    write(stored ? { ...EMPTY, ...stored, raw: stored.filled } : EMPTY);
    sent = stored ? JSON.stringify(draw().value) : "";
    if (!stored) draw();
  }

  return { show, leave: () => waiting && send() };
}
