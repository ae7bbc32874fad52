// pressure_map: pick a few, then say of each where it comes from, how strong it is and who can see it.

import { graphemes, newId, wellFormed } from "../pieces.js";

export function mount(root, { mine, lang, value, change, draft }) {
  const form = root.querySelector(".pressure-form");
  const stages = [...form.querySelectorAll("[data-stage]")];
  const [pick, rate, ease] = stages;
  const at = (stage, name) => stage.querySelector(`[data-${name}]`);
  const { least, most, longest } = Object.fromEntries(["least", "most", "longest"].map((k) => [k, Number(form.dataset[k])]));
  const sources = form.dataset.sources.split(" ");
  const boxes = [...pick.querySelectorAll("input[type=checkbox]")];
  let placed = [];
  let own = [];
  let eased = null;
  let now = 0;

  at(pick, "think=own").hidden = !mine.own;
  at(pick, "think=guess").hidden = mine.own;
  boxes.forEach((box) => box.addEventListener("change", () => toggle(box)));
  at(pick, "text").addEventListener("input", (event) => {
    at(pick, "left").textContent = longest - graphemes(event.target.value.trim());
    if (event.target.value.trim()) draft.set({ text: event.target.value });
    else draft.clear();
  });
  at(pick, "text").addEventListener("keydown", (event) => event.key === "Enter" && addOwn());
  at(pick, "add").addEventListener("click", addOwn);
  at(pick, "forward").addEventListener("click", () => say(0));
  at(rate, "back").addEventListener("click", () => (now ? say(now - 1) : open(pick)));
  at(rate, "forward").addEventListener("click", () => (now + 1 < placed.length ? say(now + 1) : openEase()));
  rate.addEventListener("change", () => {
    const chosen = (name) => rate.querySelector(`input[name$="-${name}"]:checked`)?.value;
    const one = { pressure: placed[now].pressure, source: chosen("source") ?? placed[now].source };
    if (chosen("strength")) one.strength = Number(chosen("strength"));
    if (chosen("seen")) one.visibility = chosen("seen");
    placed = placed.map((old, index) => (index === now ? one : old));
    send();
  });
  ease.addEventListener("change", (event) => {
    eased = event.target.value || null;
    send();
  });
  at(ease, "back").addEventListener("click", () => say(placed.length - 1));
  show(value);

  function send() {
    change({ placed, own, ease: eased });
  }

  function open(stage) {
    for (const one of stages) one.hidden = one !== stage;
    draw();
    window.scrollTo(0, 0);
  }

  function toggle(box) {
    placed = box.checked
      ? [...placed, { pressure: box.value, source: box.dataset.source }]
      : placed.filter((one) => one.pressure !== box.value);
    if (!placed.some((one) => one.pressure === eased)) eased = null;
    send();
    draw();
  }

  function addOwn() {
    const input = at(pick, "text");
    const words = wellFormed(input.value).trim();
    if (!words || graphemes(words) > longest || placed.length >= most) return;
    const id = newId();
    own = [...own, { id, lang, text: words }];
    placed = [...placed, { pressure: `own:${id}`, source: sources[0] }];
    input.value = "";
    draft.clear();
    send();
    draw();
  }

  function removeOwn(one) {
    own = own.filter((other) => other !== one);
    placed = placed.filter((other) => other.pressure !== `own:${one.id}`);
    if (eased === `own:${one.id}`) eased = null;
    send();
    draw();
  }

  function title(pressure) {
    const mineOwn = own.find((one) => `own:${one.id}` === pressure);
    if (mineOwn) return mineOwn.text;
    return boxes.find((box) => box.value === pressure)?.parentElement.textContent.trim() ?? "";
  }

  function draw() {
    const full = placed.length >= most;
    at(pick, "picked").textContent = placed.length;
    at(pick, "full").hidden = !full;
    at(pick, "forward").disabled = placed.length < least;
    at(pick, "text").disabled = at(pick, "add").disabled = full;
    for (const box of boxes) {
      box.checked = placed.some((one) => one.pressure === box.value);
      box.disabled = full && !box.checked;
    }
    at(pick, "own").replaceChildren(
      ...own.map((one) => {
        const row = at(form, "own-row").content.cloneNode(true);
        row.querySelector("[data-words]").textContent = one.text;
        row.querySelector("[data-remove]").addEventListener("click", () => removeOwn(one));
        return row;
      }),
    );
  }

  function say(index) {
    now = index;
    const one = placed[now];
    at(rate, "number").textContent = now + 1;
    at(rate, "total").textContent = placed.length;
    at(rate, "name").textContent = title(one.pressure);
    const check = (name, wanted) => {
      for (const input of rate.querySelectorAll(`input[name$="-${name}"]`)) input.checked = input.value === String(wanted);
    };
    check("source", one.source);
    check("strength", one.strength);
    check("seen", one.visibility);
    open(rate);
    at(rate, "name").focus({ preventScroll: true });
  }

  function openEase() {
    at(ease, "eases").replaceChildren(
      ...placed.map((one) => {
        const row = at(form, "chosen").content.cloneNode(true);
        row.querySelector("input").value = one.pressure;
        row.querySelector("input").checked = eased === one.pressure;
        row.querySelector("span").textContent = title(one.pressure);
        return row;
      }),
    );
    open(ease);
  }

  function show(stored) {
    placed = stored?.placed?.map((one) => Object.fromEntries(Object.entries(one).filter(([, v]) => v !== null))) ?? [];
    own = stored?.own ?? [];
    eased = stored?.ease ?? null;
    at(pick, "text").value = draft.get()?.text ?? "";
    open(pick);
  }

  return { show };
}
