// The name stays on this phone: it is kept here and never sent.

import { keeper } from "./outbox.js";

const form = document.getElementById("join");
form?.addEventListener("submit", () => {
  // A second tap would take a second seat.
  setTimeout(() => (form.querySelector("button").disabled = true));
  const name = document.getElementById("call-me").value.trim();
  if (name) keeper.set(`cyd-name ${form.dataset.code}`, name.slice(0, 60));
});
