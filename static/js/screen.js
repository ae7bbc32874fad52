// The projector: shows what it is sent, and says so when it is stale.

import { Live } from "./live.js";
import { runTimers } from "./timer.js";

const stage = document.getElementById("stage");
const lost = document.getElementById("lost");
const { code } = stage.dataset;

const live = new Live({
  surface: "screen",
  code,
  lang: "cy",
  revision: stage.dataset.revision,
  now: stage.dataset.now,
  nowUrl: `/screen/${code}/now`,
  onFrame: () => {
    tick();
    fit();
  },
  onConnection: (up, since) => {
    lost.hidden = up;
    const at = new Date(since).toTimeString().slice(0, 5);
    for (const time of lost.querySelectorAll("time")) time.textContent = at;
    document.body.dataset.connected = up;
  },
  onGone: () => location.assign("/"),
});

// C shows the code large, F fills the screen, B or a full stop darkens this screen until it is pressed again.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const big = document.getElementById("join-big");
  if (event.key === "c" && big) big.hidden = !big.hidden;
  if (event.key === "b" || event.key === ".") document.body.classList.toggle("darkened");
  if (event.key === "f") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
});

const tick = runTimers(() => live.now());

// What is too tall for the wall is drawn smaller rather than cut.
function fit() {
  const drawn = stage.querySelector(":scope > .result, :scope > .ask");
  if (!drawn) return;
  drawn.style.zoom = 1;
  for (let size = 0.96; size > 0.5 && stage.scrollHeight > stage.clientHeight + 1; size -= 0.04) drawn.style.zoom = size;
}

window.addEventListener("resize", fit);
document.fonts.ready.then(fit);
fit();
