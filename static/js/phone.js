// The phone: exactly one thing to do, and a quiet line that always tells the truth about it.

import { Live } from "./live.js";
import { Outbox, keeper } from "./outbox.js";
import { runTimers } from "./timer.js";

const page = document.getElementById("phone");
// The kinds of this workshop, all loaded with the page: when a step opens, the Wi-Fi may be gone.
const names = page.dataset.kinds.split(" ").filter(Boolean);
const KINDS = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await import(`./kinds/${name}.js`)])));

const stateLine = document.getElementById("state");
const { code } = page.dataset;
const lang = document.documentElement.lang;
let mine = JSON.parse(document.getElementById("mine").textContent);
let mounted = null; // { exercise, state, form }

const outbox = new Outbox({ code, who: mine.seed, lang, live: () => live, onState: showState });

const live = new Live({
  surface: "phone",
  code,
  lang,
  revision: page.dataset.revision,
  now: page.dataset.now,
  nowUrl: `/s/${code}/${lang}/now`,
  keep: keepForm,
  onFrame: () => {
    step();
    tick();
  },
  held: () => outbox.held(),
  onMine: (fresh, held) => {
    mine = fresh;
    outbox.learn(mine.answers, held);
  },
  onConnection: (up) => {
    page.dataset.connected = up;
    if (up) outbox.drain();
  },
  onGone: () => location.assign(`/j/${code}`),
});

// A form that somebody is filling in is never redrawn under their finger; only its clock is brought up to date.
function keepForm(name, html) {
  const section = parse(html);
  if (name !== "step" || mounted?.state !== "accepting") return false;
  if (section?.dataset.exercise !== mounted.exercise || section.dataset.state !== "accepting") {
    mounted.form.leave?.(); // what is being typed goes off as made while answers were open
    return false;
  }
  const old = document.querySelector("#step .timer");
  const fresh = section.querySelector(".timer");
  if (old && fresh) old.replaceWith(fresh);
  return true;
}

function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("section");
}

function step() {
  const drawn = document.querySelector("#step > section");
  const { exercise, state, kind } = drawn.dataset;
  if (mounted?.exercise === exercise && mounted?.state === state) {
    mounted.revision = live.revision;
    return;
  }
  // Morphing keeps elements, and with them what listens for the step before: every step gets elements of its own.
  const section = drawn.cloneNode(true);
  drawn.replaceWith(section);
  const moved = mounted !== null;
  const here = { exercise, state, form: null, revision: live.revision };
  mounted = here;
  if (state === "accepting") {
    const module = KINDS[kind];
    mounted.form = module.mount(section, {
      exercise,
      lang,
      mine,
      seed: `${mine.seed} ${exercise}`,
      value: outbox.value(exercise),
      change: (value) => outbox.put(exercise, value, here.revision, section.querySelector("h1").textContent),
      draft: drafts(exercise),
    });
  }
  if (state === "revealed") seeHere(section);
  showState(exercise, outbox.state(exercise), outbox.why(exercise));
  if (moved) arrive(section, state);
}

function arrive(section, state) {
  window.scrollTo(0, 0);
  document.getElementById("announce").textContent = section.querySelector("h1").textContent;
  if (state === "accepting") navigator.vibrate?.(120);
}

// Words not yet sent: they survive sleep and reload.
const draftKey = (exercise) => `cyd-draft ${code} ${mine.seed} ${exercise}`;

function drafts(exercise) {
  const key = draftKey(exercise);
  return {
    get: () => keeper.get(key),
    set: (value) => {
      keeper.set(key, value);
      if (exercise === mounted?.exercise && outbox.state(exercise) !== "kept") showState(exercise, "draft");
    },
    clear: () => {
      keeper.remove(key);
      showState(exercise, outbox.state(exercise));
    },
  };
}

// Answers that were refused while the room went on are told about until they are read.
function tellRefusals() {
  const list = document.getElementById("refusals");
  const told = outbox.refusals().filter(({ exercise }) => exercise !== mounted?.exercise);
  list.hidden = told.length === 0;
  list.replaceChildren(
    ...told.map(({ exercise, title, why }) => {
      const row = document.getElementById("refusal").content.cloneNode(true);
      row.querySelector("[data-title]").textContent = title ?? "";
      row.querySelector("[data-why]").textContent = why;
      row.querySelector("button").addEventListener("click", () => {
        outbox.forget(exercise);
        tellRefusals();
      });
      return row;
    }),
  );
}

function showState(exercise, state, why = "", stored = undefined) {
  tellRefusals();
  if (!mounted || exercise !== mounted.exercise) return;
  // What arrived, or nothing, is not all that stands here where words wait that were not sent.
  if (["", "received"].includes(state) && mounted.state === "accepting" && keeper.get(draftKey(exercise))) state = "draft";
  stateLine.dataset.state = state;
  for (const phrase of stateLine.querySelectorAll("[data-when]")) phrase.hidden = phrase.dataset.when !== state;
  if (state === "refused") {
    document.getElementById("why").textContent = why;
    document.getElementById("again").hidden = outbox.refusal(exercise) !== "superseded";
  }
  if (stored !== undefined) mounted.form?.show(stored);
}

// Where nothing outlasts the page, it says so, and does not say that an answer is saved.
function tellFleeting() {
  document.getElementById("no-storage").hidden = keeper.lasting;
  for (const phrase of stateLine.querySelectorAll("[data-lasting]")) {
    phrase.hidden = phrase.dataset.lasting !== String(keeper.lasting);
  }
}

document.getElementById("again").addEventListener("click", () => outbox.again(mounted.exercise, live.revision));

function seeHere(section) {
  const details = section.querySelector("#see");
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    const answer = await fetch(details.dataset.see);
    if (answer.ok) section.querySelector("#seen").replaceChildren(...parseAll(await answer.text()));
  });
}

function parseAll(html) {
  return new DOMParser().parseFromString(html, "text/html").body.childNodes;
}

const name = keeper.get(`cyd-name ${code}`);
if (name) document.getElementById("call-me").textContent = name;
tellFleeting();
keeper.addEventListener("fleeting", tellFleeting);
// The next person gets this phone only once everything of the former one has arrived.
document.getElementById("hand-on").addEventListener("submit", (event) => {
  if (!outbox.empty) {
    event.preventDefault();
    outbox.drain();
    document.getElementById("not-yet").hidden = false;
    return;
  }
  keeper.remove(`cyd-name ${code}`);
  keeper.removeAll(`cyd-draft ${code} ${mine.seed} `);
});
// The link to the other language keeps the place: everything is on the server or in the outbox.
const tick = runTimers(() => live.now());
outbox.learn(mine.answers);
step();
