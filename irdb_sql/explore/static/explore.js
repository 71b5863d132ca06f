// Keys, copying, parts that load later, and images that cannot be shown: for every page.
"use strict";

/** Whether a key press is for a field, or has a modifier, so that no shortcut may take it. */
function isTyping(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented ||
    event.target.closest("input, textarea, select, dialog[open], [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (isTyping(event)) return;
  if (event.shiftKey && event.key.startsWith("Arrow")) return;
  if (event.key.startsWith("Arrow") && event.target.closest("[tabindex], summary, .wide")) return; // they scroll what is focused
  if (event.key === "/") {
    const fold = document.querySelector(".filter-fold");
    if (fold) fold.open = true;
    const field = document.querySelector(".filters input, .filters select, textarea");
    if (field) { event.preventDefault(); field.focus(); }
    return;
  }
  if (event.key === "u") {
    const boxes = [...document.querySelectorAll(".blurred input")];
    const isShown = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = isShown;
    return;
  }
  const found = document.querySelector(`[data-key="${CSS.escape(event.key === "=" ? "+" : event.key)}"]`);
  if (found) { event.preventDefault(); found.click(); }
});

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog).showModal();
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    try {
      await navigator.clipboard.writeText(copier.parentElement.querySelector("pre").textContent);
      copier.textContent = "Copied";
    } catch { // without permission: select it, so that Ctrl+C copies it
      getSelection().selectAllChildren(copier.parentElement.querySelector("pre"));
    }
  }
  const disagree = event.target.closest("[data-disagree]");
  if (disagree && !disagree.form.elements.other_scorer.value) { // a scorer against people
    event.preventDefault();
    const scorer = encodeURIComponent(disagree.form.elements.scorer.value);
    location.assign(`/pairs?scorer=${scorer}&verdict=disagrees&sort=surest`);
  }
});

/** Put the reason in the place of an image that cannot be shown. */
async function explain(image) {
  if (image.dataset.explained) return;
  image.dataset.explained = "yes";
  let answer = await fetch(image.src);
  if (answer.ok && image.dataset.row) answer = await fetch(image.src.replace("/images/", "/thumbnails/")); // which is decoded there
  const reason = answer.ok ? "this browser cannot show it" : await answer.text();
  const text = document.createElement("p");
  text.className = "absent";
  text.title = reason;
  text.textContent = `No picture: ${reason}`;
  (image.closest(".blurred") ?? image).replaceWith(text);
}

document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement && (event.target.dataset.row || event.target.closest(".chart"))) explain(event.target);
}, true);
for (const image of document.querySelectorAll("img[data-row], .chart img")) {
  if (image.complete && !image.naturalWidth && image.currentSrc) explain(image);
}

for (const place of document.querySelectorAll("[data-part]")) {
  fetch(place.dataset.part).then(async (answer) => {
    if (answer.ok) place.innerHTML = await answer.text(); // escaped by the server
  });
}
