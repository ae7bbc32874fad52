// scale: five buttons a statement, now and, where it is asked, thinking back; each tap sends the whole value.

export function mount(root, { mine, value, change }) {
  const lists = [...root.querySelectorAll("[data-list]")];
  const fits = (list) => list.dataset.perspectives.split(" ").includes(mine.perspective);
  const list = lists.find(fits) ?? lists[0];
  for (const one of lists) one.hidden = one !== list;
  const asksBack = list.querySelector("[data-back]") !== null;
  let ratings = {};
  let back = {};
  show(value);

  root.addEventListener("change", (event) => {
    const five = event.target.closest(".five");
    if (!five) return;
    const { statement, back: earlier } = five.dataset;
    const rating = Number(event.target.value);
    if (statement) ratings = { ...ratings, [statement]: rating };
    if (earlier) back = { ...back, [earlier]: rating };
    change(asksBack ? { ratings, back } : { ratings });
  });

  function show(stored) {
    ratings = shown("statement", stored?.ratings);
    back = shown("back", stored?.back);
  }

  // What is stored of the statements that are asked here, with its buttons pressed.
  function shown(which, stored = {}) {
    const found = {};
    for (const five of list.querySelectorAll(`[data-${which}]`)) {
      const rating = stored[five.dataset[which]];
      if (rating) found[five.dataset[which]] = rating;
      for (const input of five.querySelectorAll("input")) input.checked = Number(input.value) === rating;
    }
    return found;
  }

  return { show };
}
