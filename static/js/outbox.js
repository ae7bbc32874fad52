// Answers on their way: kept on this phone before anything is sent, gone only when the server has them on disk.
//
// One entry per exercise: the whole value so far, with a counter n that only grows. Sending twice, late or out of order
// changes nothing. Two tabs may both send; the server sees the same n.

const RETRY_MS = [1000, 2000, 4000, 5000];

// What was written is held in memory too, as long as the page is open: storage may be refused, full, or emptied by the
// browser at any moment. `lasting` says whether what is kept now will be there after a reload.
class Keeper extends EventTarget {
  #memory = new Map();
  lasting = true;

  constructor() {
    super();
    this.set("cyd-try", 1);
    this.remove("cyd-try");
    // What another tab took away is not ours to hold either.
    window.addEventListener("storage", ({ key, newValue }) => key !== null && newValue === null && this.#memory.delete(key));
  }

  get(key) {
    const held = this.#memory.get(key);
    let raw = this.#storage((storage) => storage.getItem(key));
    if (!raw && held && this.lasting) this.#store(key, held); // emptied meanwhile
    raw ??= held;
    return raw ? JSON.parse(raw) : null;
  }

  set(key, value) {
    const raw = JSON.stringify(value);
    this.#memory.set(key, raw);
    this.#store(key, raw);
  }

  remove(key) {
    this.#memory.delete(key);
    this.#storage((storage) => storage.removeItem(key));
  }

  removeAll(prefix) {
    for (const key of this.keys(prefix)) this.remove(key);
  }

  keys(prefix) {
    const stored = this.#storage((storage) => Object.keys(storage)) ?? [];
    return [...new Set([...stored, ...this.#memory.keys()])].filter((one) => one.startsWith(prefix));
  }

  #store(key, raw) {
    const stored = this.#storage((storage) => {
      storage.setItem(key, raw);
      return true;
    });
    if (stored) return;
    this.#storage((storage) => storage.removeItem(key)); // what is old there would come back after a reload
    if (this.lasting) {
      this.lasting = false;
      this.dispatchEvent(new Event("fleeting"));
    }
  }

  // Reading the property alone throws where storage is forbidden.
  #storage(use) {
    try {
      return use(localStorage);
    } catch {
      return null;
    }
  }
}

export const keeper = new Keeper();

const LARGEST_EVENT = 15_000; // bytes; a socket closes on more, a PUT says so

export class Outbox {
  #code;
  #who;
  #lang;
  #live;
  #onState;
  #stored = new Map(); // exercise -> { n, value, title? } that the server holds
  #sending = false;
  #tries = 0;
  #timer = null;

  // who: the participant's seed; onState(exercise, state, why, stored) where `stored` is a value to show.
  constructor({ code, who, lang, live, onState }) {
    this.#code = code;
    this.#who = who;
    this.#lang = lang;
    this.#live = live;
    this.#onState = onState;
    window.addEventListener("pagehide", () => this.#lastTry());
    window.addEventListener("storage", (event) => {
      if (!event.key?.startsWith(this.#prefix)) return;
      const exercise = event.key.slice(this.#prefix.length);
      // Another tab of this phone answered: show what it said. An entry that went away has arrived.
      const was = event.newValue === null && event.oldValue ? JSON.parse(event.oldValue) : null;
      if (was && !was.refused) this.#stored.set(exercise, { n: was.n, value: was.value });
      this.#onState(exercise, this.state(exercise), this.why(exercise), this.#entry(exercise)?.value);
    });
  }

  get #prefix() {
    return `cyd ${this.#code} ${this.#who} `;
  }

  #entry(exercise) {
    return keeper.get(this.#prefix + exercise);
  }

  #exercises() {
    return keeper.keys(this.#prefix).map((key) => key.slice(this.#prefix.length));
  }

  // What this phone knows the server to hold now.
  held() {
    return new Map(this.#stored);
  }

  // What the server holds, told on every watch. What is newer than this phone knew, and not being changed here, is shown.
  // `held` is what it was known to hold when it was asked.
  learn(answers, held = new Map()) {
    for (const [exercise, was] of held) {
      if ((answers[exercise]?.n ?? 0) < was.n) this.#lost(exercise, was, answers[exercise]);
    }
    for (const [exercise, { n, value }] of Object.entries(answers)) {
      if (n <= (this.#stored.get(exercise)?.n ?? 0)) continue;
      this.#stored.set(exercise, { n, value });
      if (!this.#entry(exercise)) this.#onState(exercise, "received", "", value);
    }
    this.drain();
  }

  // The server had it and has it no longer: it was restored from a backup. What this phone still knows goes there again.
  #lost(exercise, was, stored) {
    if (this.#stored.get(exercise) !== was) return; // answered again meanwhile, and received
    if (stored) this.#stored.set(exercise, stored);
    else this.#stored.delete(exercise);
    if (this.#entry(exercise)) return;
    keeper.set(this.#prefix + exercise, { ...was, rev: 0 });
    this.#onState(exercise, "kept");
  }

  // The value that this phone shows: its own unsent one, else what the server holds.
  value(exercise) {
    const entry = this.#entry(exercise);
    return (entry && !entry.refused ? entry.value : this.#stored.get(exercise)?.value) ?? null;
  }

  state(exercise) {
    const entry = this.#entry(exercise);
    if (entry) return entry.refused ? "refused" : "kept";
    return this.#stored.has(exercise) ? "received" : "";
  }

  // Whether everything that was answered here has arrived.
  get empty() {
    return this.#unsent().length === 0;
  }

  // Keeps the value here, then sends it. `title` is what a refusal that is read later will call it.
  put(exercise, value, revision, title) {
    const n = Math.max(this.#stored.get(exercise)?.n ?? 0, this.#entry(exercise)?.n ?? 0) + 1;
    keeper.set(this.#prefix + exercise, { n, rev: revision, value, title });
    this.#onState(exercise, "kept");
    this.#tries = 0;
    this.drain();
  }

  // The person still means the value that was superseded.
  again(exercise, revision) {
    const { value, title } = this.#entry(exercise);
    this.put(exercise, value, revision, title);
    this.#onState(exercise, this.state(exercise), "", value);
  }

  async drain() {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    const stuck = new Set(); // what did not get through in this round holds up nothing else
    try {
      // Asked anew after each: meanwhile another exercise may have been answered.
      for (let exercise; (exercise = this.#unsent().find((one) => !stuck.has(one))) !== undefined; ) {
        if (!(await this.#send(exercise, this.#entry(exercise)))) stuck.add(exercise);
      }
      if (stuck.size) this.#later();
      else this.#tries = 0;
    } finally {
      this.#sending = false;
    }
  }

  #unsent() {
    return this.#exercises().filter((exercise) => this.#entry(exercise) && !this.#entry(exercise).refused);
  }

  #later() {
    const wait = RETRY_MS[Math.min(this.#tries++, RETRY_MS.length - 1)];
    this.#timer = setTimeout(() => this.drain(), wait * (0.5 + Math.random()));
  }

  async #send(exercise, entry) {
    const message = this.#message(exercise, entry);
    const bySocket = this.#live().connected && JSON.stringify(message).length < LARGEST_EVENT;
    let ack;
    try {
      ack = bySocket ? await this.#live().ask("respond", message) : await this.#put(message);
    } catch {
      return false;
    }
    if (ack.gone || ack.retry) return false;
    this.#settle(exercise, entry, ack);
    return true;
  }

  #message(exercise, { n, rev, value }) {
    return { v: 1, exercise, n, rev, value };
  }

  async #put(message) {
    const answer = await fetch(this.#url(message.exercise), this.#request(message));
    if (answer.status === 413) return { ok: false, status: "invalid", why: String(answer.status) };
    return answer.json();
  }

  #url(exercise) {
    return `/s/${this.#code}/${exercise}?lang=${this.#lang}`;
  }

  #request(message) {
    return { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(message) };
  }

  #settle(exercise, sent, ack) {
    const now = this.#entry(exercise);
    const superseded = ack.status === "superseded";
    const holds = superseded ? { n: ack.n, value: ack.value } : { n: sent.n, value: sent.value, title: sent.title };
    if (ack.ok && holds.n >= (this.#stored.get(exercise)?.n ?? 0)) this.#stored.set(exercise, holds);
    // Answered again meanwhile: that one is on its way. Where the storage was emptied it has the same n.
    if (!now || now.n !== sent.n || JSON.stringify(now.value) !== JSON.stringify(sent.value)) return;
    if (ack.ok && !superseded) {
      this.forget(exercise);
      this.#onState(exercise, "received");
      return;
    }
    const why = ack.why ?? "";
    keeper.set(this.#prefix + exercise, { ...now, refused: ack.status, why });
    this.#onState(exercise, "refused", why, superseded ? ack.value : undefined);
  }

  // A refused answer stays to be read until its exercise is answered anew.
  why(exercise) {
    return this.#entry(exercise)?.why ?? "";
  }

  refusal(exercise) {
    return this.#entry(exercise)?.refused ?? "";
  }

  // What was refused and stays to be read: [{exercise, title, why}].
  refusals() {
    return this.#exercises()
      .map((exercise) => ({ exercise, ...this.#entry(exercise) }))
      .filter((entry) => entry.refused);
  }

  forget(exercise) {
    keeper.remove(this.#prefix + exercise);
  }

  #lastTry() {
    for (const exercise of this.#unsent()) {
      const message = this.#message(exercise, this.#entry(exercise));
      fetch(this.#url(exercise), { ...this.#request(message), keepalive: true }).catch(() => {});
    }
  }
}
