// What a browser alone can do is offered where it can: printing, which also writes PDF.
"use strict";
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
