// A file that is too large is told so before it is sent.
"use strict";
const upload = document.getElementById("upload");
const told = document.getElementById("too-large");
upload.addEventListener("submit", (event) => {
  const file = upload.elements.file.files[0];
  const isTooLarge = Boolean(file) && file.size > Number(upload.dataset.most);
  told.hidden = !isTooLarge;
  told.textContent = isTooLarge ? upload.dataset.told : "";
  if (isTooLarge) event.preventDefault();
});
