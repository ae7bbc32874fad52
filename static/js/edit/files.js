// Making a file takes its time: this says how long it has been, and why when there is none.

import { announce, word } from "./said.js";

const LOOK_MS = 1000;

export async function saveFile(link, code) {
  const { file, name } = link.dataset;
  const line = document.createElement("li");
  document.getElementById("making").append(line);
  const began = performance.now();
  let waits = false;
  const say = () => {
    const seconds = word("seconds").replace("N", Math.round((performance.now() - began) / 1000));
    line.textContent = `${name}: ${waits ? word("waits") : seconds}`;
  };
  say();
  announce(line.textContent);
  const timer = setInterval(async () => {
    const making = await working(code);
    waits = making.some((one) => one.format === file && !one.begun) && !making.some((one) => one.format === file && one.begun);
    if (line.dataset.state === undefined) say();
  }, LOOK_MS);
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(await why(answer));
    give(await answer.blob(), answer.headers.get("Content-Disposition"));
    line.dataset.state = "saved";
    line.textContent = `${name} ${word("made")}`;
  } catch (error) {
    line.dataset.state = "unsaved";
    line.textContent = `${name}: ${error instanceof TypeError ? document.getElementById("lost").textContent : error.message}`;
  } finally {
    clearInterval(timer);
    announce(line.textContent); // the seconds in between are for the eye
  }
}

async function working(code) {
  try {
    return await (await fetch(`/r/${code}/working`)).json();
  } catch {
    return [];
  }
}

// The reason that the error page gives.
async function why(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("h1")?.textContent ?? String(answer.status);
}

function give(blob, disposition) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = /filename="([^"]+)"/.exec(disposition)?.[1] ?? "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
