// Counts every timer on the page down by the server's clock. A timer closes nothing.

export function runTimers(now) {
  const tick = () => document.querySelectorAll(".timer").forEach((timer) => draw(timer, now()));
  tick();
  setInterval(tick, 250);
  return tick;
}

function draw(timer, now) {
  const lengths = timer.dataset.lengths.split(",").map(Number);
  const at = timer.dataset.paused ? Number(timer.dataset.paused) * 1000 : now;
  let elapsed = Math.max(0, at / 1000 - Number(timer.dataset.began));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const up = elapsed >= whole;
  let phase = 0;
  while (phase < lengths.length - 1 && elapsed >= lengths[phase]) elapsed -= lengths[phase++];
  const left = up ? 0 : Math.ceil(lengths[phase] - elapsed);
  const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const face = timer.querySelector(".time-left");
  if (face.textContent !== text) face.textContent = text;
  face.hidden = up;
  timer.querySelector(".time-up").hidden = !up;
  timer.classList.toggle("last-minute", !up && left <= 60 && phase === lengths.length - 1);
  timer.classList.toggle("up", up);
  timer.querySelectorAll("[data-phase]").forEach((label) => {
    label.hidden = up || Number(label.dataset.phase) !== phase;
  });
}
