// Watching a session: the same path for load, reconnect, sleep, late joining and server restart.
// A push is a hint; the revision is the truth; a heartbeat carries it.

import { io } from "../vendor/socket.io.esm.min.js";
import { Idiomorph } from "../vendor/idiomorph.esm.js";

const POLL_MS = 3000; // while no socket is up
const PATIENCE_MS = 2500; // before the first poll after a connection is lost
const ACK_MS = 6000;

// What somebody unfolded stays unfolded, and what they are typing stays as they typed it.
function morph(target, html) {
  const typed = new Set([...target.querySelectorAll("input")].filter((input) => input.value !== input.defaultValue));
  const theirs = (name, node) => (name === "open" && node.tagName === "DETAILS") || (name === "value" && typed.has(node));
  const callbacks = { beforeAttributeUpdated: (name, node) => !theirs(name, node) };
  Idiomorph.morph(target, html, { morphStyle: "innerHTML", callbacks });
}

export class Live {
  #options;
  #socket;
  #revision;
  #offset = 0;
  #poll = null;
  #lastSeen = Date.now();
  #shown = new Map(); // fragment -> html as last drawn: what is the same is left alone

  // surface, code, lang; revision and now of the page as it was loaded; nowUrl gives what `watch` gives.
  // onFrame(names) after fragments changed, onMine(mine, held), onConnection(up, since), onGone(). `held` is what held()
  // gave when the server was asked.
  constructor(options) {
    this.#options = options;
    this.#revision = Number(options.revision);
    this.#setClock(Number(options.now));
    this.#socket = io({
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      auth: { surface: options.surface, code: options.code, lang: options.lang },
      reconnectionDelay: 500,
      reconnectionDelayMax: 4000,
      randomizationFactor: 0.5,
      timeout: 8000,
    });
    this.#socket.on("connect", () => this.#watch());
    this.#socket.on("disconnect", () => this.#lost());
    this.#socket.on("connect_error", (error) => {
      if (error.message === "gone") this.#gone();
      else this.#lost();
    });
    this.#socket.on("frame", (frame) => this.#take(frame));
    this.#socket.on("heartbeat", (beat) => {
      this.#seen(beat);
      if (beat.revision > this.#revision) this.#watch();
    });
    this.#socket.on("gone", () => this.#gone());
    // A phone that slept holds a dead socket and does not know it.
    let hiddenAt = 0;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) hiddenAt = Date.now();
      else if (Date.now() - hiddenAt > 5000) this.refresh();
    });
    document.addEventListener("resume", () => this.refresh()); // frozen and thawed without being hidden
    window.addEventListener("pageshow", (event) => event.persisted && this.refresh());
    window.addEventListener("online", () => this.refresh());
    window.addEventListener("offline", () => this.#lost());
  }

  get revision() {
    return this.#revision;
  }

  get connected() {
    return this.#socket.connected;
  }

  // The server's clock, in milliseconds.
  now() {
    return Date.now() + this.#offset;
  }

  refresh() {
    if (this.#socket.connected) this.#socket.disconnect();
    this.#socket.connect();
  }

  // Sends an event and resolves with its acknowledgement; rejects when none comes.
  ask(event, data) {
    return this.#socket.timeout(ACK_MS).emitWithAck(event, data);
  }

  async #watch() {
    const held = this.#options.held?.();
    try {
      this.#current(await this.ask("watch"), held);
    } catch {
      if (this.#socket.connected) setTimeout(() => this.#watch(), 1000);
    }
  }

  #current(current, held) {
    if (!current.ok) {
      if (current.gone) this.#gone();
      else setTimeout(() => this.#watch(), current.after_ms ?? 1000);
      return;
    }
    this.#found();
    if (current.mine) this.#options.onMine?.(current.mine, held);
    this.#take(current);
  }

  #take(frame) {
    this.#seen(frame);
    if (frame.revision < this.#revision) return;
    this.#revision = frame.revision;
    const changed = [];
    for (const [name, html] of Object.entries(frame.fragments)) {
      const target = document.getElementById(name);
      if (!target || this.#shown.get(name) === html) continue;
      this.#shown.set(name, html);
      if (this.#options.keep?.(name, html)) continue;
      morph(target, html);
      changed.push(name);
    }
    this.#options.onFrame?.(changed);
  }

  #seen(message) {
    this.#lastSeen = Date.now();
    this.#setClock(message.now);
  }

  #setClock(seconds) {
    if (seconds) this.#offset = seconds * 1000 - Date.now();
  }

  #found() {
    clearTimeout(this.#poll);
    this.#poll = null;
    this.#options.onConnection?.(true, this.#lastSeen);
  }

  #lost() {
    this.#options.onConnection?.(false, this.#lastSeen);
    this.#poll ??= setTimeout(() => this.#pollNow(), PATIENCE_MS);
  }

  // The third way: where sockets and long-polling are blocked, plain requests bring what is current.
  async #pollNow() {
    if (this.#socket.connected) return this.#found();
    const held = this.#options.held?.();
    try {
      const answer = await fetch(this.#options.nowUrl, { headers: { accept: "application/json" } });
      if (answer.status === 404 || answer.status === 401) return this.#gone();
      if (answer.ok) {
        const current = await answer.json();
        if (current.mine) this.#options.onMine?.(current.mine, held);
        this.#take(current);
        this.#options.onConnection?.(true, this.#lastSeen);
      }
    } catch {
      this.#options.onConnection?.(false, this.#lastSeen);
    }
    this.#poll = setTimeout(() => this.#pollNow(), POLL_MS);
  }

  #gone() {
    this.#socket.disconnect();
    clearTimeout(this.#poll);
    this.#options.onGone?.();
  }
}
