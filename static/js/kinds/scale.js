// scale: five buttons a statement; each tap sends the whole value.

export function mount(root, { mine, value, change }) {
  const lists = [...root.querySelectorAll("[data-list]")];
  const fits = (list) => list.dataset.perspectives.split(" ").includes(mine.perspective);
  const list = lists.find(fits) ?? lists[0];
  for (const one of lists) one.hidden = one !== list;
  const ratings = {};
  show(value);

  root.addEventListener("change", (event) => {
    const statement = event.target.closest("[data-statement]");
    if (!statement) return;
    ratings[statement.dataset.statement] = Number(event.target.value);
    change({ ratings: { ...ratings } });
  });

  function show(stored) {
    for (const key of Object.keys(ratings)) delete ratings[key];
    for (const statement of list.querySelectorAll("[data-statement]")) {
      const rating = stored?.ratings?.[statement.dataset.statement];
      if (rating) ratings[statement.dataset.statement] = rating;
      for (const input of statement.querySelectorAll("input")) input.checked = Number(input.value) === rating;
    }
  }

  return { show };
}
