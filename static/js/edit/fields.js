// All fields of words, together: which are saved, and whose turn it is.

import { Drafts } from "./drafts.js";
import { Field } from "./field.js";
import { word } from "./said.js";

export class Fields {
  #fields = new Map(); // the box's id -> Field
  #drafts;
  #does;

  // does.load() gives the page as the server has it; does.saved() is told after each one that is saved.
  constructor(session, does) {
    this.#drafts = new Drafts(session);
    this.#does = does;
    this.#find();
    document.addEventListener("input", (event) => this.#of(event.target)?.typed());
    document.addEventListener("focusout", (event) => this.#of(event.target)?.save());
    document.addEventListener("click", (event) => this.#clicked(event.target));
    // The last words before the page goes.
    document.addEventListener("visibilitychange", () => document.hidden && this.#each((field) => field.save()));
    window.addEventListener("pagehide", () => this.#each((field) => field.save()));
  }

  save(form) {
    this.#of(form.elements.words)?.save();
  }

  retry() {
    this.#each((field) => field.retry());
  }

  // Saves what is not saved; whether everything is.
  async settle() {
    await Promise.all([...this.#fields.values()].map((field) => field.save()));
    return this.isSaved;
  }

  get isSaved() {
    return [...this.#fields.values()].every((field) => field.isSaved);
  }

  // What the server has, as of `askedAt`.
  take(doc, askedAt) {
    this.#find();
    for (const [id, field] of this.#fields) {
      const box = doc.getElementById(id);
      if (box) field.take(box.defaultValue, askedAt);
    }
    this.#tell();
  }

  #find() {
    for (const box of document.querySelectorAll("[data-write] [name=words]")) {
      if (this.#fields.get(box.id)?.box === box) continue;
      this.#fields.set(box.id, new Field(box, this.#drafts, { ...this.#does, changed: () => this.#tell() }));
    }
    for (const [id, field] of this.#fields) if (!field.box.isConnected) this.#fields.delete(id);
    this.#tell();
  }

  #of(box) {
    return this.#fields.get(box?.id);
  }

  #each(does) {
    for (const field of this.#fields.values()) does(field);
  }

  #clicked(target) {
    const button = target.closest("[data-start], [data-choose]");
    const field = button && this.#of(button.closest("[data-write]")?.elements.words);
    if (!field) return;
    if ("start" in button.dataset) field.start();
    else field.choose(button.dataset.choose);
  }

  #tell() {
    const line = document.getElementById("all-saved");
    const words = word(this.isSaved ? "all" : "some");
    if (line.textContent !== words) line.textContent = words;
    line.dataset.state = this.isSaved ? "saved" : "unsaved";
  }
}
