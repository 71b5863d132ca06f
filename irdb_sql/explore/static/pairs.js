// Zoom, move and blink both images of a pair together, and fetch those of the next pairs.
"use strict";

const pair = document.querySelector("[data-pair]");
const blink = document.querySelector("[data-blink]");

if (pair) {
  let zoom = 1, x = 0, y = 0, held = null;
  const box = () => pair.querySelector(".frame").getBoundingClientRect();

  const draw = () => {
    const frame = box();
    x = Math.min(0, Math.max(frame.width * (1 - zoom), x));
    y = Math.min(0, Math.max(frame.height * (1 - zoom), y));
    pair.style.setProperty("--zoom", zoom);
    pair.style.setProperty("--move-x", `${x}px`);
    pair.style.setProperty("--move-y", `${y}px`);
    pair.classList.toggle("zoomed", zoom > 1);
    sessionStorage.setItem("zoom", JSON.stringify([zoom, x / frame.width, y / frame.height])); // for the next pair
  };
  const zoomTo = (wanted, atX, atY) => { // the point stays where it is
    const next = Math.min(16, Math.max(1, wanted));
    x = atX - (atX - x) * next / zoom;
    y = atY - (atY - y) * next / zoom;
    zoom = next;
    draw();
  };
  const middle = () => {
    const frame = box();
    return [frame.width / 2, frame.height / 2];
  };
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const factor = {in: 1.5, out: 1 / 1.5, whole: 0}[button.dataset.zoom];
      zoomTo(zoom * factor, ...middle());
    });
  }
  for (const frame of pair.querySelectorAll(".frame")) {
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

  const [first, second] = pair.querySelectorAll("figure");
  const stop = () => {
    pair.classList.remove("blinking");
    for (const figure of [first, second]) delete figure.dataset.off;
    blink.setAttribute("aria-pressed", "false");
  };
  blink.addEventListener("click", () => {
    const isBlinking = pair.classList.contains("blinking");
    const [shown, hidden] = isBlinking && "off" in second.dataset ? [second, first] : [first, second];
    pair.classList.add("blinking");
    blink.setAttribute("aria-pressed", "true");
    delete shown.dataset.off;
    hidden.dataset.off = "";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop();
    if (!event.shiftKey || zoom === 1 || event.target.closest("input, select, textarea")) return;
    const step = {ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
    if (!step) return;
    event.preventDefault();
    x += step[0] * box().width / 8;
    y += step[1] * box().height / 8;
    draw();
  });
  const kept = JSON.parse(sessionStorage.getItem("zoom") ?? "[1, 0, 0]");
  if (kept[0] > 1) {
    [zoom, x, y] = [kept[0], kept[1] * box().width, kept[2] * box().height];
    draw();
  }

  addEventListener("load", () => {
    const ahead = document.querySelector("[data-ahead]").dataset.ahead;
    for (const address of ahead.split(" ").filter(Boolean)) new Image().src = address;
  });
}
