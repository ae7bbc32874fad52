// What was typed and is not saved yet, kept in the browser: a reload or a lost connection loses nothing.

export const LEFT_MS = 10000; // a window that is open saves sooner than this, or still says that it could not

export class Drafts {
  #prefix;
  #window;

  constructor(session) {
    this.#prefix = `cyd-edit ${session} `;
    this.#window = this.#name();
  }

  // `was` is what the field held when it was last known to be saved.
  keep(field, words, was) {
    this.#try(() => localStorage.setItem(this.#prefix + field, JSON.stringify({ words, was, at: Date.now(), window: this.#window })));
  }

  // Not what another window has not saved yet.
  drop(field) {
    if (this.#read(field)?.window === this.#window) this.#try(() => localStorage.removeItem(this.#prefix + field));
  }

  // What this window left behind when it was loaded anew, or another one that is gone.
  left(field) {
    const draft = this.#read(field);
    return draft && (draft.window === this.#window || Date.now() - draft.at >= LEFT_MS) ? draft : null;
  }

  #read(field) {
    return this.#try(() => JSON.parse(localStorage.getItem(this.#prefix + field)));
  }

  #name() {
    return this.#try(() => {
      const name = sessionStorage.getItem("cyd-edit") ?? String(Math.random());
      sessionStorage.setItem("cyd-edit", name);
      return name;
    });
  }

  // A browser may forbid it, or be full: then it is the page alone that keeps it.
  #try(something) {
    try {
      return something();
    } catch {
      return null;
    }
  }
}
