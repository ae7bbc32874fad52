// card_sort: one card at a time by tap or by the keys 1 to 9; every card can be changed. Cards are shuffled per phone,
// and piles too where the author asked for it: then only those that are roles, and the same way for every card.

import { shuffled } from "../pieces.js";

const ADVANCE_MS = 220; // long enough to see what was chosen

export function mount(root, { seed, value, change }) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const rows = shuffled([...root.querySelectorAll("[data-card]")], seed);
  const piles = inOrder([...root.querySelectorAll("[data-pile]")], root.querySelector("[data-shuffle-piles]") && seed);
  const names = new Map(piles.map((pile) => [pile.dataset.pile, pile.querySelector("[data-name]").textContent]));
  const steps = [...find("steps").children];
  const placed = {};
  let at = 0;
  let advancing = 0;
  find("all").append(...rows);

  piles.forEach((pile) => pile.addEventListener("click", () => place(pile.dataset.pile)));
  find("back").addEventListener("click", () => go(at - 1));
  find("overview").addEventListener("click", () => overview(find("all").hidden));
  rows.forEach((row, index) => row.querySelector("button").addEventListener("click", () => go(index)));
  const keys = (event) => {
    if (!root.isConnected) return document.removeEventListener("keydown", keys);
    if (event.target.closest("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const pile = piles[Number(event.key) - 1];
    if (pile && !find("one").hidden) place(pile.dataset.pile);
  };
  document.addEventListener("keydown", keys);
  show(value);

  function place(pile) {
    placed[rows[at].dataset.card] = pile;
    draw();
    change({ placed: { ...placed } });
    clearTimeout(advancing); // somebody who taps twice moves on once
    advancing = setTimeout(advance, ADVANCE_MS);
  }

  function advance() {
    const left = [...rows.keys()].filter((index) => !placed[rows[index].dataset.card]);
    const following = left.find((index) => index > at) ?? left[0];
    if (following === undefined) overview(true);
    else go(following);
  }

  function go(index) {
    at = Math.max(0, Math.min(rows.length - 1, index));
    overview(false);
    draw();
    find("task").focus({ preventScroll: true });
  }

  function overview(open) {
    clearTimeout(advancing); // going somewhere oneself is not overtaken
    find("all").hidden = !open;
    find("one").hidden = open;
    draw();
  }

  function draw() {
    const done = Object.keys(placed).length;
    find("task").textContent = rows[at].querySelector("[data-title]").textContent;
    find("progress").textContent = find("all").hidden ? at + 1 : done;
    find("back").disabled = at === 0;
    find("done").hidden = done < rows.length;
    steps.forEach((step, index) => {
      step.className = index === at && find("all").hidden ? "at" : placed[rows[index].dataset.card] ? "done" : "";
    });
    for (const pile of piles) {
      const on = placed[rows[at].dataset.card] === pile.dataset.pile;
      pile.classList.toggle("on", on);
      pile.setAttribute("aria-pressed", on);
    }
    for (const row of rows) row.querySelector("[data-chosen]").textContent = names.get(placed[row.dataset.card]) ?? "–";
  }

  function show(stored) {
    for (const card of Object.keys(placed)) delete placed[card];
    Object.assign(placed, stored?.placed ?? {});
    const first = rows.findIndex((row) => !placed[row.dataset.card]);
    at = Math.max(0, first);
    overview(first === -1);
  }

  return { show };
}

// The piles as this phone has them. Extra ones ("it depends") stay last.
function inOrder(piles, seed) {
  if (!seed) return piles;
  const roles = piles.filter((pile) => pile.dataset.extra === undefined);
  const order = [...shuffled(roles, `${seed} piles`), ...piles.filter((pile) => pile.dataset.extra !== undefined)];
  piles[0].parentElement.append(...order);
  order.forEach((pile, index) => (pile.querySelector("kbd").textContent = index + 1));
  return order;
}
