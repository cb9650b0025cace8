// Writing a brief: a moment after the last key, who would answer is looked up anew, without leaving the form.
"use strict";
const form = document.getElementById("brief");
const WAIT = 900;
let waiting = 0;
let asked = 0;

async function look() {
  const mine = ++asked;
  const sent = new FormData(form);
  sent.set("act", "look");
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) });
  if (mine !== asked || !answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const newer = page.getElementById("look");
  if (newer) document.getElementById("look").replaceChildren(...newer.childNodes);
}

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => look().catch(() => {}), WAIT);
  });
}
