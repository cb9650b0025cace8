// While something is being counted, ask now and then whether it is there, and then show it; nobody loses their place.
const counting = document.querySelector("[data-counting]");
if (counting && window.DOMParser) {
  let tries = 0;
  const look = async () => {
    tries += 1;
    try {
      const page = await (await fetch(location.href, { credentials: "same-origin" })).text();
      const found = new DOMParser().parseFromString(page, "text/html");
      const still = found.querySelector("[data-counting]");
      if (found.querySelector(".tabs") && (!still || still.dataset.counting !== counting.dataset.counting)) {
        location.reload();
        return;
      }
    } catch {
      // the service is away for a moment
    }
    if (tries < 60) setTimeout(look, Math.min(1000 + tries * 500, 10000));
  };
  setTimeout(look, 1000);
}
