// One field of words in one language. Saves after a pause and on leaving; nobody's words are written over unseen.

import { LEFT_MS } from "./drafts.js";
import { announce, word } from "./said.js";

const PAUSE_MS = 800;
const RETRY_MS = 2500;
const PATIENCE_MS = 8000;
const csrf = document.querySelector("meta[name=csrf]").content;

// The same to a reader: the server takes needless spaces away.
const plain = (words) => words.normalize("NFC").replace(/[^\S\n]+/g, " ").replace(/\s*\n\s*/g, "\n").trim();

export class Field {
  #form;
  #drafts;
  #does;
  #seen; // what the server last was known to hold: `was` of what is sent
  #theirs = null; // what somebody else wrote, until a choice is made
  #refused = false; // these words cannot be saved
  #sending = null;
  #savedAt = 0;
  #timer = null;

  constructor(box, drafts, does) {
    this.box = box;
    this.#form = box.form;
    this.#drafts = drafts;
    this.#does = does;
    this.#seen = box.defaultValue;
    this.#bring();
    setTimeout(() => this.#bring(), LEFT_MS);
  }

  get isSaved() {
    return this.#theirs === null && plain(this.box.value) === plain(this.#seen);
  }

  typed() {
    this.#refused = false;
    this.#stands();
    if (this.isSaved) {
      this.#drafts.drop(this.box.id);
      if (!this.#sending) this.#say("");
    } else {
      this.#drafts.keep(this.box.id, this.box.value, this.#seen);
      if (this.#theirs === null) this.#say("waiting", word("waiting"));
      this.#later(PAUSE_MS);
    }
    this.#does.changed();
  }

  // With the words that stand there while it is empty.
  start() {
    this.box.value = this.box.placeholder;
    this.box.focus();
    this.typed();
  }

  retry() {
    if (!this.isSaved) this.save();
  }

  // Resolves once it is saved, or known not to be.
  async save() {
    clearTimeout(this.#timer);
    await this.#sending;
    if (this.#sending || this.isSaved || this.#theirs !== null || this.#refused) return this.#sending;
    this.#sending = this.#send(this.box.value).finally(() => (this.#sending = null));
    await this.#sending;
    if (!this.isSaved) this.#later(this.#form.dataset.state === "unsaved" ? RETRY_MS : PAUSE_MS);
    this.#does.changed();
  }

  // Words as the server had them at `askedAt`: somebody else's, where they are not ours.
  take(words, askedAt) {
    if (this.#sending || this.#savedAt > askedAt) return;
    if (this.#theirs !== null) return this.#meet(words);
    if (plain(words) === plain(this.#seen)) return;
    if (!this.isSaved) return void this.save(); // the server says whether the two differ
    this.#seen = this.box.value = words;
    this.#stands();
    this.#say("");
  }

  choose(which) {
    const theirs = this.#theirs;
    if (which === "theirs") this.box.value = theirs;
    if (which === "both") this.box.value = [theirs, this.box.value].filter(Boolean).join(this.box.tagName === "TEXTAREA" ? "\n" : " ");
    this.#seen = theirs;
    this.#theirs = null;
    this.#form.querySelector(".conflict").remove();
    this.box.focus();
    if (which === "theirs") {
      this.#drafts.drop(this.box.id);
      this.#say("saved", word("saved"));
      this.#stands();
    } else this.#drafts.keep(this.box.id, this.box.value, this.#seen);
    this.#does.changed();
    return this.save();
  }

  // Back what was left behind unsaved.
  #bring() {
    const draft = this.isSaved && !this.#sending && this.#drafts.left(this.box.id);
    if (!draft) return;
    this.#drafts.keep(this.box.id, draft.words, draft.was); // it is this window's now
    if (plain(draft.words) === plain(this.#seen)) return this.#drafts.drop(this.box.id);
    this.box.value = draft.words;
    this.#seen = draft.was;
    this.#stands();
    this.#say("waiting", word("back"));
    this.#later(PAUSE_MS);
  }

  async #send(words) {
    this.#say("saving", word("saving"));
    const { action, elements } = this.#form;
    const body = new URLSearchParams({ field: elements.field.value, lang: elements.lang.value, words, was: this.#seen });
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const headers = { "X-CSRF-Token": csrf };
      const answer = await fetch(action, { method: "POST", headers, body, keepalive: true, signal: patience.signal });
      const said = await answer.json().catch(() => ({}));
      await this.#answered(answer.status, said, words);
    } catch {
      this.#unsaved(word("lost"));
    } finally {
      clearTimeout(timer);
    }
  }

  async #answered(status, said, words) {
    if (status === 200 && said.ok) return this.#saved(words);
    if (status === 409) {
      const now = (await this.#does.load())?.getElementById(this.box.id);
      return now ? this.#meet(now.defaultValue) : this.#unsaved(said.why);
    }
    this.#refused = status === 422 || status === 404; // the same words will not be taken later either
    if (status === 401 || status === 403) return this.#unsaved(word("signed-out"));
    this.#unsaved(said.why ?? word("lost"));
  }

  #saved(words) {
    this.#seen = words;
    this.#savedAt = performance.now();
    if (this.isSaved) this.#drafts.drop(this.box.id);
    else this.#drafts.keep(this.box.id, this.box.value, this.#seen);
    this.#say("saved", word("saved"));
    this.#does.saved();
  }

  #unsaved(why) {
    const said = `${word("unsaved")} ${why}`;
    if (this.#state.textContent !== said) announce(`${this.box.labels[0].textContent}: ${said}`);
    this.#say("unsaved", said);
  }

  // Somebody else wrote here. Both are shown, and nothing is saved until one is chosen.
  #meet(theirs) {
    if (plain(theirs) === plain(this.box.value)) {
      this.#theirs = null;
      this.#form.querySelector(".conflict")?.remove();
      return this.#saved(this.box.value);
    }
    if (this.#theirs === null) {
      this.#form.append(document.getElementById("conflict").content.cloneNode(true));
      this.#unsaved(word("both"));
    }
    this.#theirs = theirs;
    const shown = this.#form.querySelector("[data-theirs]");
    shown.lang = this.box.lang;
    shown.textContent = theirs || document.getElementById("empty-words").content.textContent;
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), ms);
  }

  // To start from what stands there while it is empty is of use only then.
  #stands() {
    const button = this.#form.querySelector("[data-start]");
    if (button) button.hidden = Boolean(this.box.value);
  }

  get #state() {
    return this.#form.querySelector("[data-state]");
  }

  #say(state, words = "") {
    this.#form.dataset.state = state;
    this.#state.dataset.state = state;
    this.#state.textContent = words;
  }
}
