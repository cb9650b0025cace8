// A little quicker: a dial or a filter ranks again at once.
"use strict";
const filters = document.getElementById("filters");
if (filters) {
  filters.addEventListener("change", (event) => {
    if (event.target.name !== "text") filters.requestSubmit();
  });
}
