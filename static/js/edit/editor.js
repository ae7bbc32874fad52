// The form as the server has it: fetched again after every change, of ours or of somebody else's.

import { Idiomorph } from "../../vendor/idiomorph.esm.js";

const PAUSE_MS = 1000; // between two of these while answers are coming in

export class Editor {
  #wanted = 0; // the revision that is asked for
  #address;
  #verbs;
  #taken;
  #running = null;
  revision = 0;

  // taken(doc, askedAt): what came with the page, and when it was asked for
  constructor(address, verbs, taken) {
    this.#address = address;
    this.#verbs = verbs;
    this.#taken = taken;
    this.revision = Number(document.getElementById("editing").dataset.revision);
  }

  // The page as it is now; null where there is none to be had.
  async load() {
    try {
      const answer = await fetch(`${this.#address}?lang=${document.documentElement.lang}`);
      return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    } catch {
      return null;
    }
  }

  // Resolves once what is there now, or that revision, is shown.
  refresh(revision = Infinity) {
    this.#wanted = Math.max(this.#wanted, revision);
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  async #run() {
    while (this.#wanted > this.revision) {
      this.#wanted = 0;
      const askedAt = performance.now();
      const doc = await this.load();
      if (!doc) return;
      if (this.#verbs.busy) continue; // a form on its way asks again when it is there
      this.#show(doc, askedAt);
      if (this.#wanted > this.revision) await new Promise((resolve) => setTimeout(resolve, Math.max(0, askedAt + PAUSE_MS - performance.now())));
    }
  }

  #show(doc, askedAt) {
    const fresh = doc.getElementById("editing");
    if (!fresh || Number(fresh.dataset.revision) < this.revision) return;
    this.revision = Number(fresh.dataset.revision);
    const focused = document.activeElement?.id;
    const editing = document.getElementById("editing");
    editing.dataset.revision = fresh.dataset.revision;
    Idiomorph.morph(editing, fresh.innerHTML, { morphStyle: "innerHTML", callbacks: { beforeNodeMorphed, beforeAttributeUpdated } });
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
    document.querySelector(".top h1").replaceChildren(...doc.querySelector(".top h1").childNodes);
    this.#taken(doc, askedAt);
  }
}

// What is written belongs to its field, and a file that is being made or sent to whoever watches it.
function beforeNodeMorphed(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return true;
  return !node.matches("[data-write] [name=words], [data-write] [data-state], [data-start], .conflict, #making, [data-upload] progress, [data-upload] [data-state]");
}

// What somebody unfolded stays unfolded, and what they changed and did not send yet stays as they have it.
function beforeAttributeUpdated(name, node) {
  if (name === "open") return node.tagName !== "DETAILS";
  if (name === "value") return node.type === "hidden" || node.value === node.defaultValue;
  if (name === "checked") return !node.closest("[data-upload]") && node.name !== "sure";
  if (name === "selected") return !node.closest("select").matches(":focus") && !node.closest("[data-upload]");
  return true;
}
