// Answers on their way: kept on this phone before anything is sent, gone only when the server has them on disk.
//
// One entry per exercise: the whole value so far, with a counter n that only grows. Sending twice, late or out of order
// changes nothing. Two tabs may both send; the server sees the same n.

const RETRY_MS = [1000, 2000, 4000, 5000];

class Keeper {
  // localStorage where there is some, else memory: `lasting` says which.
  #memory = new Map();
  lasting = true;

  constructor() {
    try {
      localStorage.setItem("cyd-try", "1");
      localStorage.removeItem("cyd-try");
    } catch {
      this.lasting = false;
    }
  }

  get(key) {
    const raw = this.lasting ? localStorage.getItem(key) : this.#memory.get(key);
    return raw ? JSON.parse(raw) : null;
  }

  set(key, value) {
    const raw = JSON.stringify(value);
    this.#memory.set(key, raw);
    if (!this.lasting) return;
    try {
      localStorage.setItem(key, raw);
    } catch {
      this.lasting = false;
    }
  }

  remove(key) {
    this.#memory.delete(key);
    if (this.lasting) localStorage.removeItem(key);
  }
}

export const keeper = new Keeper();

export class Outbox {
  #code;
  #who;
  #live;
  #onState;
  #stored = new Map(); // exercise -> n that the server holds
  #sending = false;
  #tries = 0;
  #timer = null;

  // who: the participant's seed; onState(exercise, state, why, stored).
  constructor({ code, who, live, onState }) {
    this.#code = code;
    this.#who = who;
    this.#live = live;
    this.#onState = onState;
    window.addEventListener("pagehide", () => this.#lastTry());
    window.addEventListener("storage", (event) => {
      if (event.key?.startsWith(this.#prefix)) this.#report(event.key.slice(this.#prefix.length));
    });
  }

  get #prefix() {
    return `cyd ${this.#code} ${this.#who} `;
  }

  #entry(exercise) {
    return keeper.get(this.#prefix + exercise);
  }

  #exercises() {
    if (!keeper.lasting) return [...this.#stored.keys(), ...this.#pendingInMemory];
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => key.slice(this.#prefix.length));
  }

  #pendingInMemory = new Set();

  // What the server holds, told on every watch.
  learn(answers) {
    for (const [exercise, { n }] of Object.entries(answers)) this.#stored.set(exercise, n);
    this.drain();
  }

  // The value that this phone would show: its own unsent one, else what the server holds.
  value(exercise, answers) {
    return this.#entry(exercise)?.value ?? answers[exercise]?.value ?? null;
  }

  state(exercise) {
    const entry = this.#entry(exercise);
    if (entry) return entry.refused ? "refused" : "kept";
    return this.#stored.has(exercise) ? "received" : "";
  }

  // Keeps the value here, then sends it. `title` is what a refusal that is read later will call it.
  put(exercise, value, revision, title) {
    const before = this.#entry(exercise);
    const n = Math.max(this.#stored.get(exercise) ?? 0, before?.n ?? 0) + 1;
    keeper.set(this.#prefix + exercise, { n, rev: revision, value, title });
    this.#pendingInMemory.add(exercise);
    this.#onState(exercise, "kept");
    this.#tries = 0;
    this.drain();
  }

  // The person still means the value that was superseded.
  again(exercise, revision) {
    const entry = this.#entry(exercise);
    if (entry) this.put(exercise, entry.value, revision, entry.title);
  }

  async drain() {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    try {
      // Asked anew after each: meanwhile another exercise may have been answered.
      for (let exercise; (exercise = this.#unsent()) !== undefined; ) {
        if (!(await this.#send(exercise, this.#entry(exercise)))) return this.#later();
      }
      this.#tries = 0;
    } finally {
      this.#sending = false;
    }
  }

  #unsent() {
    return this.#exercises().find((exercise) => this.#entry(exercise) && !this.#entry(exercise).refused);
  }

  #later() {
    const wait = RETRY_MS[Math.min(this.#tries++, RETRY_MS.length - 1)];
    this.#timer = setTimeout(() => this.drain(), wait * (0.5 + Math.random()));
  }

  async #send(exercise, entry) {
    const message = { v: 1, exercise, n: entry.n, rev: entry.rev, value: entry.value };
    let ack;
    try {
      ack = this.#live().connected ? await this.#live().ask("respond", message) : await this.#put(message);
    } catch {
      return false;
    }
    if (ack.gone || ack.retry) return false;
    this.#settle(exercise, entry, ack);
    return true;
  }

  async #put(message) {
    const answer = await fetch(this.#url(message.exercise), this.#request(message));
    return answer.json();
  }

  #url(exercise) {
    return `/s/${this.#code}/${exercise}`;
  }

  #request(message) {
    return { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(message) };
  }

  #settle(exercise, sent, ack) {
    const key = this.#prefix + exercise;
    const now = this.#entry(exercise);
    if (ack.n) this.#stored.set(exercise, ack.n);
    if (ack.ok && ack.status !== "superseded") {
      if (now && now.n === sent.n) {
        keeper.remove(key);
        this.#pendingInMemory.delete(exercise);
        this.#onState(exercise, "received");
      }
      return;
    }
    if (!now || now.n !== sent.n) return;
    const why = ack.why ?? "";
    keeper.set(key, { ...now, refused: ack.status, why });
    this.#onState(exercise, "refused", why, ack.status === "superseded" ? ack.value : undefined);
  }

  // A refused answer stays to be read until its exercise is answered anew.
  why(exercise) {
    return this.#entry(exercise)?.why ?? "";
  }

  refusal(exercise) {
    return this.#entry(exercise)?.refused ?? "";
  }

  // What was refused for good, to be read once: [{exercise, title, why}].
  refusals() {
    return this.#exercises()
      .map((exercise) => ({ exercise, ...this.#entry(exercise) }))
      .filter((entry) => entry.refused && entry.refused !== "superseded");
  }

  forget(exercise) {
    keeper.remove(this.#prefix + exercise);
    this.#pendingInMemory.delete(exercise);
  }

  #report(exercise) {
    this.#onState(exercise, this.state(exercise));
  }

  #lastTry() {
    for (const exercise of this.#exercises()) {
      const entry = this.#entry(exercise);
      if (!entry || entry.refused) continue;
      const message = { v: 1, exercise, n: entry.n, rev: entry.rev, value: entry.value };
      fetch(this.#url(exercise), { ...this.#request(message), keepalive: true }).catch(() => {});
    }
  }
}
