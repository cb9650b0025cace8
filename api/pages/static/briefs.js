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
  const found = page.getElementById("look-found");
  const said = page.getElementById("look-said");
  if (!found || !said) return;
  document.getElementById("look-found").replaceChildren(...found.childNodes);
  document.getElementById("look-said").textContent = said.textContent;
}

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => look().catch(() => {}), WAIT);
  });
}
