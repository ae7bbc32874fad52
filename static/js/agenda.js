// The agenda's clock times follow from when it begins.

const begin = document.getElementById("begin");
const agenda = document.getElementById("agenda");

begin.addEventListener("input", () => {
  const [hours, minutes] = begin.value.split(":").map(Number);
  if (Number.isNaN(minutes)) return;
  let at = hours * 60 + minutes;
  for (const time of agenda.querySelectorAll("[data-minutes]")) {
    time.textContent = clock(at);
    at += Number(time.dataset.minutes);
  }
  document.getElementById("ends").textContent = clock(at);
});

function clock(minutes) {
  const day = minutes % 1440;
  return `${String(Math.floor(day / 60)).padStart(2, "0")}:${String(day % 60).padStart(2, "0")}`;
}
