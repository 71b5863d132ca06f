// Zoom, move and blink both images of a pair together, and show the next pair without loading a page anew.
"use strict";

let zoom = 1, x = 0, y = 0, held = null;

const pair = () => document.querySelector("[data-pair]");
const box = () => pair().querySelector(".frame").getBoundingClientRect();

/** Show both images at the zoom and place that there are. */
function draw() {
  const frame = box();
  x = Math.min(0, Math.max(frame.width * (1 - zoom), x));
  y = Math.min(0, Math.max(frame.height * (1 - zoom), y));
  pair().style.setProperty("--zoom", zoom);
  pair().style.setProperty("--move-x", `${x}px`);
  pair().style.setProperty("--move-y", `${y}px`);
  pair().classList.toggle("zoomed", zoom > 1);
  sessionStorage.setItem("zoom", JSON.stringify([zoom, x / frame.width, y / frame.height])); // for pages to come
}

/** Zoom, while a point stays where it is. */
function zoomTo(wanted, atX, atY) {
  const next = Math.min(16, Math.max(1, wanted));
  x = atX - (atX - x) * next / zoom;
  y = atY - (atY - y) * next / zoom;
  zoom = next;
  draw();
}

function stopBlinking() {
  pair().classList.remove("blinking");
  for (const figure of pair().querySelectorAll("figure")) delete figure.dataset.off;
  document.querySelector("[data-blink]").setAttribute("aria-pressed", "false");
}

function blink() {
  const [first, second] = pair().querySelectorAll("figure");
  const isBlinking = pair().classList.contains("blinking");
  const [shown, hidden] = isBlinking && "off" in second.dataset ? [second, first] : [first, second];
  pair().classList.add("blinking");
  document.querySelector("[data-blink]").setAttribute("aria-pressed", "true");
  delete shown.dataset.off;
  hidden.dataset.off = "";
}

/** Prepare the pair that the page shows. */
function prepare() {
  if (!pair()) return;
  for (const frame of pair().querySelectorAll(".frame")) {
    frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && zoom === 1) return; // the page scrolls
      event.preventDefault();
      const at = frame.getBoundingClientRect();
      zoomTo(zoom * 1.0015 ** -event.deltaY, event.clientX - at.left, event.clientY - at.top);
    }, {passive: false});
    frame.addEventListener("pointerdown", (event) => {
      if (zoom === 1 || event.button !== 0) return;
      held = [event.clientX - x, event.clientY - y];
      frame.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    frame.addEventListener("pointermove", (event) => {
      if (!held) return;
      [x, y] = [event.clientX - held[0], event.clientY - held[1]];
      draw();
    });
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => { held = null; });
  }
  const kept = JSON.parse(sessionStorage.getItem("zoom") ?? "[1, 0, 0]");
  if (kept[0] > 1) {
    [zoom, x, y] = [kept[0], kept[1] * box().width, kept[2] * box().height];
    draw();
  }
}

const pages = new Map(); // of the pairs around the one that is shown, by their addresses

function load(address) {
  if (!pages.has(address)) {
    pages.set(address, fetch(address).then((answer) => (answer.ok ? answer.text() : null), () => null));
    if (pages.size > 12) pages.delete(pages.keys().next().value);
  }
  return pages.get(address);
}

/** Fetch the pages and images that a reader may want next. */
function loadAhead() {
  if (!pair()) return;
  for (const link of document.querySelectorAll(".pager a")) load(link.href);
  const ahead = document.querySelector("[data-ahead]").dataset.ahead;
  for (const address of ahead.split(" ").filter(Boolean)) new Image().src = address;
}

/** Show the pair of an address in the place of this one. */
async function show(address, isNew) {
  const text = await load(address);
  if (text === null) {
    location.assign(address);
    return;
  }
  const key = document.activeElement?.dataset.key;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  document.querySelector("main").replaceWith(document.adoptNode(fresh.querySelector("main")));
  if (isNew) history.pushState(null, "", address);
  if (key) document.querySelector(`[data-key="${key}"]`)?.focus();
  document.getElementById("told").textContent = document.querySelector(".pager [role=status]")?.textContent ?? "";
  prepare();
  loadAhead();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".pager a");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    show(link.href, true);
  }
  const button = event.target.closest("[data-zoom]");
  if (button) {
    const frame = box();
    zoomTo(zoom * {in: 1.5, out: 1 / 1.5, whole: 0}[button.dataset.zoom], frame.width / 2, frame.height / 2);
  }
  if (event.target.closest("[data-blink]")) blink();
});

document.addEventListener("keydown", (event) => {
  if (!pair()) return;
  if (event.key === "Escape") stopBlinking();
  if (!event.shiftKey || zoom === 1 || event.target.closest("input, select, textarea")) return;
  const step = {ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
  if (!step) return;
  event.preventDefault();
  x += step[0] * box().width / 8;
  y += step[1] * box().height / 8;
  draw();
});

addEventListener("popstate", () => show(location.href, false));
addEventListener("load", loadAhead);
prepare();
