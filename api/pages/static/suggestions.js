// A dial or a filter ranks again at once, in the page: the focus stays where it is, and what changed is read out.
"use strict";
const filters = document.getElementById("filters");
const heard = document.getElementById("heard");
let running = new AbortController();
let waiting = 0;

async function rankAgain() {
  running.abort();
  running = new AbortController();
  const asked = new URLSearchParams(new FormData(filters));
  asked.delete("ids");
  document.getElementById("results").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/suggestions?${asked}`, { signal: running.signal });
    if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["results", "after", "before", "neutral"]) {
      document.getElementById(id).replaceWith(page.getElementById(id));
    }
    asked.delete("before");
    history.pushState(null, "", `/suggestions?${asked}`);
    heard.textContent = document.getElementById("changes")?.textContent ?? "";
  } catch (error) {
    if (error.name !== "AbortError") filters.requestSubmit();
  }
}

filters.addEventListener("change", (event) => {
  if (event.target.name === "text") return;
  clearTimeout(waiting);
  waiting = setTimeout(rankAgain, 150);
});
addEventListener("popstate", () => location.reload());
