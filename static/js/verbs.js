// Pressing a button of the facilitator's: every one is a form that works without this too.

const PATIENCE_MS = 8000; // a request that hangs is given up, and said so

export class Verbs {
  #toast = document.getElementById("toast");
  #csrf = document.querySelector("meta[name=csrf]").content;
  #hide = null;
  #last = Promise.resolve();
  busy = 0; // forms on their way

  // Posts a form, as its own button or `submitter` says, one after the other; false where it was refused, and why is said.
  async post(form, submitter = null) {
    this.busy += 1;
    // Read now: by the time that it is sent a frame may have made another note's form of it.
    const address = submitter?.formAction ?? form.action;
    const body = new URLSearchParams(new FormData(form));
    if (submitter?.name) body.append(submitter.name, submitter.value);
    const typed = [...form.querySelectorAll("input[type=text], input[type=number]")].map((input) => [input, input.value]);
    this.#last = this.#last.then(() => this.#post(address, body, typed));
    return this.#last;
  }

  async #post(address, body, typed) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const headers = { "X-CSRF-Token": this.#csrf };
      const answer = await fetch(address, { method: "POST", headers, body, signal: patience.signal });
      const said = await answer.json().catch(() => ({}));
      if (answer.ok) {
        this.#toast.hidden = true;
        for (const [input, value] of typed) input.defaultValue = value; // nothing that is still being typed
      } else this.say(said.why ?? String(answer.status));
      return answer.ok;
    } catch {
      this.say(document.getElementById("lost").textContent);
      return false;
    } finally {
      clearTimeout(timer);
      this.busy -= 1;
    }
  }

  say(words) {
    this.#toast.textContent = words;
    this.#toast.hidden = false;
    clearTimeout(this.#hide);
    this.#hide = setTimeout(() => (this.#toast.hidden = true), 8000);
  }
}

// Where keys belong to what is being typed, or to a dialog.
export function typing(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  return modified || document.querySelector("dialog[open]") || event.target.closest("input:not([type=checkbox]), textarea, select");
}
