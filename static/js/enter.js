// A link's key stands behind '#', which no server sees: it is exchanged for a cookie and taken out of the address.

const key = location.hash.slice(1);
const page = document.getElementById("enter");
const clean = location.pathname + location.search;

async function enter() {
  history.replaceState(null, "", clean);
  const answer = await fetch("/enter", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key, code: page?.dataset.code ?? "" }),
  });
  if (answer.ok) location.replace(clean);
  else if (page) document.getElementById("refused").hidden = false;
}

// A page that is already open to this browser only cleans its address.
if (key && page) enter();
else if (key) history.replaceState(null, "", clean);
