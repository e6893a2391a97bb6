/* Improvements only: every page works without this file. */
(() => {
  "use strict";
  const root = document.documentElement;
  const sizes = ["", "large", "xlarge"];
  const words = ["标准", "大", "特大"];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const isSeen = (element) => element.getClientRects().length > 0;
  root.classList.add("js");

  function unhide() {
    all("[data-copy][hidden], [data-print][hidden], [data-keys][hidden], [data-hand][hidden]").forEach((one) => { one.hidden = false; });
  }

  /* 复制并到下一条: the form goes only when the words are in the clipboard; else they stand selected. */
  async function hand(button) {
    if (await copy(button)) button.form.submit();
  }

  function nextSize(button) {
    const at = (sizes.indexOf(root.dataset.size || "") + 1) % sizes.length;
    root.dataset.size = sizes[at];
    document.cookie = `text_size=${sizes[at] || "standard"};path=/;max-age=31536000;samesite=lax`;
    button.setAttribute("aria-label", `字号：现在${words[at]}，点一下换`);
  }

  async function copy(button) {
    const wanted = button.dataset.copy || button.dataset.hand;
    const source = /^[#.]/.test(wanted) ? document.querySelector(wanted) : null;
    const text = source ? source.value || source.textContent.trim() : wanted;
    let copied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      source?.select?.();
      copied = document.execCommand("copy");
    }
    button.dataset.words ||= button.innerHTML;
    button.textContent = copied ? "已复制" : "请长按复制";
    setTimeout(() => { button.innerHTML = button.dataset.words; }, 1600);
    return copied;
  }

  document.addEventListener("click", (event) => {
    const at = (name) => event.target.closest(`[${name}]`);
    if (at("data-size-switch")) { event.preventDefault(); nextSize(at("data-size-switch")); }
    else if (at("data-hand")) hand(at("data-hand"));
    else if (at("data-copy")) copy(at("data-copy"));
    else if (at("data-print")) window.print();
    else if (at("data-keys")) document.getElementById("keys")?.showModal();
    else if (at("data-gap")) select(at("data-gap"));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    countTicks(event.target.form);
  });

  /* What will happen is being worked out anew: nothing is agreed to before it is there (<form data-live>). */
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-live]")) all("#will form button").forEach((button) => { button.disabled = true; });
  });

  /* A button that acts on many says how many: <button data-count="采纳选中的 # 项" data-count-of="placement">. */
  function countTicks(form) {
    form?.querySelectorAll("[data-count]").forEach((button) => {
      const ticked = form.querySelectorAll(`[name="${button.dataset.countOf}"]:checked`).length;
      button.textContent = button.dataset.count.replace("#", ticked);
      button.disabled = !ticked;
    });
  }

  function select(gap) {
    all(".slot.sel").forEach((slot) => slot.classList.remove("sel"));
    gap.closest(".slot")?.classList.add("sel");
  }
  /* On 匹配 the keys walk over its rows: the one with the ring is the current one. */
  const row = () => document.querySelector("[data-row].cur");
  function stepRow(by, rows) {
    const at = rows.indexOf(row());
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : (at + by + rows.length) % rows.length];
    rows.forEach((one) => one.classList.toggle("cur", one === next));
    next.querySelector("input[type=checkbox]")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  }
  /* A row that comes back changed is the current one still, and has the focus if it had it. */
  function stayIn(old) {
    if (!old.matches("[data-row]")) return;
    const isCurrent = old.matches(".cur"), hadFocus = old.contains(document.activeElement);
    document.addEventListener("htmx:afterSettle", () => {
      const changed = document.getElementById(old.id);
      changed?.classList.toggle("cur", isCurrent);
      if (hadFocus) changed?.querySelector("input[type=checkbox], a")?.focus({ preventScroll: true });
    }, { once: true });
  }
  function swapRow() {
    const others = row()?.querySelector("details");
    if (!others) return;
    others.open = true;
    (others.querySelector("button") || others.querySelector("a"))?.focus();
  }

  function step(by) {
    const rows = all("[data-row]").filter(isSeen);
    if (rows.length) { stepRow(by, rows); return; }
    const gaps = all("[data-gap]").filter(isSeen);
    if (!gaps.length) return;
    const at = gaps.findIndex((gap) => gap.closest(".sel"));
    const next = gaps[at < 0 ? (by > 0 ? 0 : gaps.length - 1) : (at + by + gaps.length) % gaps.length];
    select(next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    next.click();
  }

  /* On a phone the board shows a day at a time: as high as that day, and the strip says which it is. */
  function daySeen() {
    const board = document.getElementById("board");
    if (!board) return;
    const slides = board.scrollWidth > board.clientWidth + 8;
    const days = [...board.querySelectorAll(".day")];
    if (!slides) { board.style.height = ""; return; }
    const left = board.getBoundingClientRect().left + 24;
    const near = (day) => Math.abs(day.getBoundingClientRect().left - left);
    const seen = days.reduce((best, day) => (near(day) < near(best) ? day : best));
    board.style.height = `${seen.scrollHeight + 6}px`;
    all("#strip a").forEach((link) => {
      if (link.hash === `#${seen.id}`) link.setAttribute("aria-current", "date"); else link.removeAttribute("aria-current");
    });
  }
  let settling = 0;
  document.addEventListener("scroll", (event) => {
    if (event.target.id !== "board") return;
    clearTimeout(settling);
    settling = setTimeout(daySeen, 80);
  }, true);
  window.addEventListener("resize", daySeen);

  const off = (document.body.dataset.off || "").split(" ");
  const names = { j: "step", k: "step", z: "undo", "/": "find", b: "fill", p: "publish", ArrowLeft: "week", ArrowRight: "week", " ": "tick", x: "swap", a: "accept", c: "copy", n: "new", v: "paste", d: "download", t: "today", "?": "help" };
  const named = (key) => (/^[1-9]$/.test(key) ? "assign" : names[key]);

  const marks = {
    z: "[data-undo]", "/": "[data-find]", p: "[data-publish]", Escape: "[data-close]",
    ArrowLeft: "[data-prev]", ArrowRight: "[data-next]",
  };
  function target(key) {
    if (/^[1-9]$/.test(key)) {
      const nth = all("[data-assign]").filter(isSeen)[key - 1];
      if (nth) return nth;
    }
    const selectors = [`[data-key="${CSS.escape(key)}"]`, marks[key]].filter(Boolean).join();
    return all(selectors).find(isSeen);
  }

  document.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") && key !== "Escape") return;
    if (off.includes(named(key))) return;
    if (/^Arrow/.test(key) && event.target.closest("input")) return;
    if (key === "j" || key === "k") { event.preventDefault(); step(key === "j" ? 1 : -1); return; }
    if (key === "?") { document.getElementById("keys")?.showModal(); return; }
    if (key === "x" && row()) { event.preventDefault(); swapRow(); return; }
    if (key === " ") {
      if (row() && !event.target.closest("a, button, input, summary")) { event.preventDefault(); row().querySelector("input[type=checkbox]")?.click(); }
      return;
    }
    const found = target(key);
    // Whoever presses 1 again before the panel has gone on would place the same person twice.
    if (!found || found.closest(".htmx-request")) return;
    event.preventDefault();
    // A key that has led to a preview leads on to its button (data-goto): pressed twice by mistake it does nothing yet.
    if (found.matches("input, textarea, select, [data-goto]")) found.focus(); else found.click();
  });

  /* A form that may come back with errors (data-in-place) shows them without a step in the history: the
     browser keeps no answer of 400, so going back to one would show its own error page. */
  async function sendInPlace(form) {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (answer.redirected) { location.assign(answer.url); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    if (!main) throw new Error("not a page of ours");
    document.title = page.title;
    document.querySelector("main").replaceWith(main);
    unhide();
    window.scrollTo(0, 0);
    (main.querySelector("[aria-invalid=true], .err input, [role=alert]") || main).focus();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-in-place]") || event.defaultPrevented) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    // Whatever goes wrong on this way, the browser's own one remains.
    sendInPlace(form).catch(() => form.submit()).finally(() => { delete form.dataset.sending; });
  });

  /* A form that saves itself at every change, one change after the other: <form data-saves="#where-it-is-said">. */
  const busy = new WeakMap();
  async function save(form) {
    const box = document.querySelector(form.dataset.saves);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Saves": "1" } });
      if (!answer.ok) throw new Error("refused");
      box.innerHTML = await answer.text();
    } catch {
      box.textContent = "刚才那一步没有存上，连上网再点一次。";
    }
  }
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.dataset.saves) busy.set(form, (busy.get(form) || Promise.resolve()).then(() => save(form)));
  });

  /* What the server or the network refused is said, and nothing pretends to be saved. */
  function alarm(text) {
    const box = document.getElementById("alarm");
    if (box) box.innerHTML = `<div class="toast"><span>${text}</span></div>`;
  }
  document.addEventListener("htmx:sendError", () => alarm("没连上网，刚才那一步没有存。连上以后请再点一次。"));
  document.addEventListener("htmx:responseError", () => alarm("刚才那一步没有做成，也没有存。请刷新这一页再试。"));
  document.addEventListener("htmx:beforeRequest", (event) => {
    const box = document.getElementById("alarm");
    if (box) box.textContent = "";
    if (event.target.closest("#side, #toast")) place ||= "board";
  });
  document.addEventListener("htmx:beforeSwap", (event) => { stayIn(event.target); });
  document.addEventListener("htmx:afterSettle", () => { unhide(); daySeen(); follow(); });

  /* The panel may have gone on to the next gap: that one is marked on the board, and whoever acted finds the
     focus there again, in the panel or at the gap; so does whoever was there when the news of another organiser
     put a new board in the place of the old. Nothing else moves it. Where somebody is, is kept from the moment
     they go there, since an answer whose asker has left the page takes the focus away without an event before. */
  let place = "";
  const placeOf = (element) => (element.closest("#side") ? "side" : element.matches("[data-gap]") ? "board" : "");
  document.addEventListener("focusin", (event) => { place = placeOf(event.target); });
  document.addEventListener("pointerdown", (event) => { place = event.target.closest("#side") ? "side" : ""; });
  function follow() {
    const side = document.getElementById("side");
    if (!side) return;
    const open = side.dataset.shift;
    const marked = all(".slot.sel [data-gap]");
    const gap = marked.length === 1 && marked[0].dataset.gap === open ? marked[0] : document.querySelector(`[data-gap="${open}"]`);
    if (gap) select(gap); else marked.forEach((one) => one.closest(".slot").classList.remove("sel"));
    if (!place || document.activeElement !== document.body) return;
    (place === "board" && gap && isSeen(gap) ? gap : side).focus({ preventScroll: true });
    gap?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  all("form").forEach(countTicks);
  unhide();
  document.querySelector("[data-hand]")?.focus({ preventScroll: true });
  daySeen();
  /* A button 打印… of another page leads to the sheet and prints it; a reload or a way back does not print again. */
  if (location.hash === "#print") {
    history.replaceState(null, "", location.pathname + location.search);
    addEventListener("load", () => setTimeout(() => window.print()));
  }
})();
