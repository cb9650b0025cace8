// A page whose work is under way is looked at again every second, and shown anew when it has ended.
"use strict";
const seen = document.getElementById("how-far");
for (const again of document.querySelectorAll(".again")) again.hidden = Boolean(seen);

async function lookAgain() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById("how-far");
      if (!now || page.title !== document.title) {
        location.reload();
        return;
      }
      const step = seen.querySelector("#step");
      if (step.textContent !== now.querySelector("#step").textContent) step.textContent = now.querySelector("#step").textContent;
      for (const old of [...seen.children].slice(1)) old.remove();
      seen.append(...[...now.children].slice(1));
    }
  } catch {
    // the service may be starting again: it is asked once more
  }
  setTimeout(lookAgain, 1000);
}

if (seen) setTimeout(lookAgain, 700);
