// The words that the script says: they come with the page, in its language.

const words = document.getElementById("said").content;

export function word(name) {
  return words.querySelector(`[data-word="${name}"]`).textContent;
}

// To screen readers, when they are done with what they say.
export function announce(text) {
  document.getElementById("announce").textContent = text;
}
