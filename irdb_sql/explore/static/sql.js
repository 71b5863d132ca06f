// The editor: runs with Ctrl+Enter, completes with Ctrl+Space, and marks the place of an error.
"use strict";

const area = document.getElementById("statement");
const list = document.getElementById("completions");
let chosen = -1, shownFor = null;

function close() {
  list.hidden = true;
  list.replaceChildren();
  area.removeAttribute("aria-activedescendant");
  chosen = -1;
}

function choose(number) {
  const items = [...list.children];
  chosen = (number + items.length) % items.length;
  for (const [index, item] of items.entries()) item.setAttribute("aria-selected", index === chosen);
  items[chosen].scrollIntoView({block: "nearest"});
  area.setAttribute("aria-activedescendant", items[chosen].id);
}

function take(item) {
  const end = area.selectionStart;
  area.setRangeText(item.dataset.text, end - Number(item.dataset.length), end, "end");
  close();
  area.focus();
}

async function complete() {
  const typed = area.value.slice(0, area.selectionStart);
  shownFor = typed;
  const answer = await fetch(`/completions?${new URLSearchParams({typed: typed.slice(-4000)})}`);
  if (!answer.ok || shownFor !== typed) return;
  const found = await answer.json();
  close();
  for (const [index, each] of found.entries()) {
    const item = document.createElement("li");
    item.id = `completion-${index}`;
    item.role = "option";
    item.dataset.text = each.text;
    item.dataset.length = each.length;
    const kind = document.createElement("small");
    kind.textContent = each.kind;
    item.append(each.text, kind);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(item); });
    list.append(item);
  }
  list.hidden = !found.length;
  if (found.length === 1) take(list.firstElementChild);
  else if (found.length) choose(0);
}

area.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    area.form.requestSubmit();
  } else if (event.key === " " && event.ctrlKey) {
    event.preventDefault();
    complete();
  } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (!list.hidden && (event.key === "Enter" || event.key === "Tab")) {
    event.preventDefault();
    take(list.children[chosen]);
  } else if (event.key === "Escape") {
    close();
  }
});
area.addEventListener("input", () => { if (!list.hidden) complete(); });
area.addEventListener("blur", close);

if (area.dataset.errorStart) {
  const start = Number(area.dataset.errorStart);
  area.focus();
  area.setSelectionRange(start, start + Number(area.dataset.errorLength));
}
