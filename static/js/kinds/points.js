// points: dots on a few things, by ticking or with plus and minus; each tap sends the whole value.

import { shuffled } from "../pieces.js";

export function mount(root, { seed, value, change }) {
  const list = root.querySelector("[data-given]");
  if (!list) return { show() {} };
  const given = Number(list.dataset.given);
  const most = Number(list.dataset.most);
  const left = root.querySelector("[data-left]");
  const pips = [...root.querySelector("[data-pips]").children];
  const rows = shuffled([...list.children], seed);
  let dots = {};
  list.append(...rows);

  list.addEventListener("change", (event) => put(event.target.value, event.target.checked ? 1 : 0));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const { item } = button.closest("[data-item]").dataset;
    put(item, (dots[item] ?? 0) + ("more" in button.dataset ? 1 : -1));
  });
  show(value);

  function put(item, n) {
    const { [item]: _, ...others } = dots;
    dots = n > 0 ? { ...others, [item]: n } : others;
    draw();
    change({ dots });
  }

  function draw() {
    const free = given - Object.values(dots).reduce((sum, n) => sum + n, 0);
    pips.forEach((pip, index) => pip.classList.toggle("free", index < free));
    left.textContent = free > 0 ? left.dataset.some.replace("#", free) : left.dataset.none;
    for (const row of rows) {
      const n = dots[row.dataset.item] ?? 0;
      row.classList.toggle("on", n > 0);
      const box = row.querySelector("input");
      if (box) {
        box.checked = n > 0;
        box.disabled = free <= 0 && n === 0;
      } else {
        row.querySelector("[data-dots]").textContent = n;
        able(row.querySelector("[data-less]"), n > 0);
        able(row.querySelector("[data-more]"), free > 0 && n < most);
      }
    }
  }

  // Not `disabled`: the button under a finger or the keyboard would lose its focus with its last tap.
  function able(button, is) {
    button.setAttribute("aria-disabled", !is);
  }

  function show(stored) {
    const here = new Set(rows.map((row) => row.dataset.item));
    dots = Object.fromEntries(Object.entries(stored?.dots ?? {}).filter(([item]) => here.has(item)));
    draw();
  }

  return { show };
}
