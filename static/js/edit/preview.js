// The draft beside the form, in a frame of its own so that it looks as it will on a screen of that width.

import { Idiomorph } from "../../vendor/idiomorph.esm.js";

const MARGIN = 16; // pixels above what is scrolled to

export class Preview {
  #frame;
  #code;
  #sheet;
  #lang;
  #shown = "";
  #part = "";
  #wanted = false;
  #running = null;

  constructor(holder, code, lang) {
    this.#code = code;
    this.#lang = lang;
    this.#frame = document.createElement("iframe");
    this.#frame.title = holder.dataset.title;
    this.#sheet = holder.dataset.sheet;
    holder.append(this.#frame);
    this.#document.open();
    this.#document.write("<!doctype html><html><head></head><body></body></html>"); // without it old rules of layout hold
    this.#document.close();
    this.#document.addEventListener("click", (event) => this.#clicked(event));
    this.#say();
  }

  // Draws what has changed; what is scrolled to stays where it is.
  refresh() {
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  async turn(lang) {
    this.#lang = lang;
    this.#say();
    await this.refresh();
    this.show();
  }

  // Scrolls to a part of the write-up: "cover", a chapter, "exercise-" with an id.
  show(part = this.#part) {
    const [before, target] = [this.#find(this.#part), this.#find(part)];
    if (target && (part !== this.#part || !this.#inView(target))) this.#scroll(target);
    this.#part = part;
    before?.classList.remove("being-edited");
    target?.classList.add("being-edited");
  }

  get #document() {
    return this.#frame.contentDocument;
  }

  async #run() {
    while (this.#wanted) {
      this.#wanted = false;
      const lang = this.#lang;
      try {
        const answer = await fetch(`/r/${this.#code}/${lang}`);
        if (answer.ok && lang === this.#lang) this.#draw(await answer.text());
      } catch {
        return; // it is drawn again once something can be saved
      }
    }
  }

  #draw(html) {
    if (html === this.#shown) return;
    this.#shown = html;
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const here = this.#document;
    here.documentElement.lang = fresh.documentElement.lang;
    here.documentElement.className = fresh.documentElement.className;
    const sheets = [...fresh.querySelectorAll("link[rel=stylesheet]")].map((sheet) => sheet.getAttribute("href"));
    for (const href of [...sheets, this.#sheet]) {
      if (!here.querySelector(`link[href="${href}"]`)) here.head.append(Object.assign(here.createElement("link"), { rel: "stylesheet", href }));
    }
    const callbacks = { beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS") };
    this.#find(this.#part)?.classList.remove("being-edited");
    Idiomorph.morph(here.body, fresh.querySelector("main").outerHTML, { morphStyle: "innerHTML", callbacks });
    this.#find(this.#part)?.classList.add("being-edited");
  }

  // Which language is shown.
  #say() {
    for (const button of document.querySelectorAll("[data-preview]")) button.setAttribute("aria-pressed", String(button.dataset.preview === this.#lang));
    for (const link of document.querySelectorAll("[data-open]")) link.hidden = link.dataset.open !== this.#lang;
  }

  #find(part) {
    if (!part) return null;
    return part === "cover" ? this.#document.querySelector(".cover") : this.#document.getElementById(part);
  }

  #inView(target) {
    const { top, bottom } = target.getBoundingClientRect();
    return bottom > 0 && top < this.#frame.clientHeight;
  }

  // Within the frame alone: scrollIntoView moves what is around it too, away from under the finger.
  #scroll(target) {
    const view = this.#frame.contentWindow;
    if (target) view.scrollTo(0, target.getBoundingClientRect().top + view.scrollY - MARGIN);
  }

  // Its contents lead to their places here; everything else opens beside the editor.
  #clicked(event) {
    const link = event.target.closest("a[href]");
    if (!link) return;
    event.preventDefault();
    const href = link.getAttribute("href");
    if (href.startsWith("#")) this.#scroll(this.#document.getElementById(href.slice(1)));
    else window.open(href, "_blank", "noopener");
  }
}
