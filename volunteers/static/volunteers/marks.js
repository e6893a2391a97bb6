/* 点名 while the network is away: taps are kept on this machine in their order and sent when it is back. Kept are ids,
   no names. What the rules cannot judge without the server is not kept: letting in more children than the adults here
   may be with, handing a child over, an adult whose check is not known. */
(() => {
  "use strict";
  const box = document.getElementById("kept");
  if (!box || !window.htmx) return;
  const NAME = "linke-marks";
  const NEEDS = "没网，这一步要连上网才能做，没有存。";
  const EVERY = 5000, LONG = 8000; // milliseconds
  const { account, part } = box.dataset;
  const refused = new Map(); // key → the sentence; after a reload they are tried once more
  let state = navigator.onLine ? "" : "away"; // away, sending, sent, login
  let busy = false, sent = 0;

  function read() {
    try { return JSON.parse(localStorage.getItem(NAME)) || []; } catch { return []; }
  }
  const mine = () => read().filter((mark) => mark.account === account);
  const waiting = () => mine().filter((mark) => !refused.has(mark.key));
  function change(make) { localStorage.setItem(NAME, JSON.stringify(make(read()))); }
  const drop = (key) => { refused.delete(key); change((marks) => marks.filter((mark) => mark.key !== key)); };

  // crypto.randomUUID is missing where a room is reached by plain http.
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  const clock = (moment) => new Date(moment).toTimeString().slice(0, 5);

  function alarm(text) {
    const place = document.getElementById("alarm");
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.append(Object.assign(document.createElement("span"), { textContent: text }));
    place?.replaceChildren(...(text ? [toast] : []));
  }

  document.addEventListener("pointerdown", () => alarm(""), true);

  /* --- what may be kept --------------------------------------------------------------------------- */

  function whyNot(form, say) {
    if (say === "left" || say === "back") return "接走孩子要连着网当场记：谁能接，可能刚改过。这一下没有记，先写在纸上。";
    if (say === "came" && "unsure" in form.dataset) return "没查到当天有效的背景查询，没网时不能记到了。这一下没有记。";
    const room = document.getElementById("roll")?.dataset.room;
    if (say !== "present" || room === undefined) return "";
    const here = document.querySelectorAll("#roll [data-mark^=learner] [data-say=present][aria-pressed=true]").length;
    if (here < Number(room)) return "";
    return room === "0"
      ? "断网前签到的大人还不够，没网时不能收孩子。这一下没有记。"
      : `断网前签到的大人只够陪 ${room} 个孩子，没网时不能再收。这一下没有记。`;
  }

  /* Answers why it was not kept, or nothing; says it as well. */
  function keep(form, values) {
    const why = whyNot(form, values.say);
    if (why) { alarm(why); return why; }
    const { who, say, seen, key } = values;
    const mark = { key, who, say, seen, at: new URL(form.action).pathname, made: Date.now(), account };
    try { change((marks) => [...marks, mark]); } catch { const full = "这台机器存不下了，这一下没有记。先写在纸上。"; alarm(full); return full; }
    alarm("");
    paint(mark);
    show();
    return "";
  }

  /* The row as it will be: the button pressed, and that it is still to be sent. */
  function paint(mark) {
    const form = document.querySelector(`[data-mark="${mark.who}"]`);
    if (!form || new URL(form.action).pathname !== mark.at) return;
    const row = form.closest("li");
    row.className = `waits ${mark.say === "clear" ? "" : mark.say}`;
    form.querySelectorAll("[data-say]").forEach((button) => {
      const pressed = button.dataset.say === mark.say;
      button.setAttribute("aria-pressed", pressed);
      button.value = pressed ? "clear" : button.dataset.say;
    });
    form.elements.seen.value = mark.say;
    const note = row.querySelector(".n > span");
    note.replaceChildren(`${clock(mark.made)} 点的，待传`, ...note.querySelectorAll("[data-stays]"));
    row.querySelectorAll("details").forEach((one) => { one.hidden = mark.say !== "present"; });
    count();
  }
  function count() {
    document.querySelectorAll("[data-sum]").forEach((one) => { one.textContent = document.querySelectorAll(`#roll li.${one.dataset.sum}`).length; });
    document.querySelectorAll("[data-silent]").forEach((one) => { one.textContent = silent().length; });
    document.querySelectorAll("#roll .all button").forEach((one) => { one.hidden = !silent().length; });
  }
  const silent = () => [...document.querySelectorAll("#roll [data-mark]")].filter((form) => form.elements.seen.value === "clear");

  /* 全到了 without network: one tap for each of those who are expected. */
  function everybody() {
    const forms = silent().filter((form) => "expected" in form.dataset);
    const left = forms.map((form) => {
      const { who, seen } = form.elements;
      return keep(form, { who: who.value, seen: seen.value, say: who.value.startsWith("v") ? "came" : "present", key: newKey() });
    });
    alarm([...new Set(left.filter(Boolean))].join(" "));
  }

  /* --- taps ----------------------------------------------------------------------------------------- */

  const valuesOf = (parameters) => Object.fromEntries(["who", "say", "seen", "key"].map((name) => [name, parameters[name]]));
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters, verb } = event.detail;
    if (verb !== "post") return;
    const keepsOrder = state === "away" || waiting().length > 0;
    if (!parameters.who || parameters.say === "looked") {
      const isAll = elt.matches(".all");
      // What cannot be kept is tried again while the machine thinks that it has a network: the server may be back.
      if (isAll ? !keepsOrder : navigator.onLine && !waiting().length) return;
      event.preventDefault();
      if (isAll) everybody();
      else alarm(state === "away" ? NEEDS : "先等存在这台机器上的传完，再点这一步。");
      return;
    }
    parameters.key = newKey();
    if (!keepsOrder) return;
    event.preventDefault();
    keep(elt, valuesOf(parameters));
  });
  /* It may have arrived all the same: sent again, it has the same key. */
  function lost(event) {
    const { elt, requestConfig, xhr } = event.detail;
    const values = valuesOf(requestConfig.parameters);
    if (event.type === "htmx:responseError" && ![502, 503, 504].includes(xhr.status)) return;
    state = "away";
    show();
    if (!values.key) return;
    event.stopPropagation();
    keep(elt, values);
  }
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) => document.body.addEventListener(name, lost));

  /* The list is shown anew after each tap: whoever uses keys stays where they were. */
  let at = "";
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const old = document.querySelector(part);
    at = event.detail.target === old && old.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : "";
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (state === "away" && navigator.onLine && !waiting().length) { state = ""; show(); }
    if (at && document.activeElement === document.body) document.querySelector(`${part} [aria-label="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
    at = "";
  });

  /* What needs the network is not begun without it: the browser would leave the page for its own error. */
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target.closest("[hx-post]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    alarm(NEEDS);
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || navigator.onLine || /^(tel:|#)/.test(link.getAttribute("href"))) return;
    event.preventDefault();
    alarm(part === "#roll" ? "没网，打不开别的页。留在这一页，可以接着点。" : "没网，打不开别的页。开课前先打开点名页，断了网也能点。");
  }, true);

  /* --- sending -------------------------------------------------------------------------------------- */

  async function post(mark) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LONG);
    const { who, say, seen, key } = mark;
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    try {
      return await fetch(mark.at, {
        method: "POST",
        body: new URLSearchParams({ who, say, seen, key, ago: Math.max(0, Date.now() - mark.made) }),
        headers: { "X-Kept": account, "X-CSRFToken": token },
        redirect: "manual",
        signal: stop.signal,
      });
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  async function whyRefused(answer) {
    if (answer.status === 409) return (await answer.json()).sentence;
    return answer.status === 404 ? "这一场或者这个人已经不在了。" : "服务器出错了，这一条没有存。";
  }

  /* One after the other. Answers what keeps the rest here, or nothing. */
  async function sendAll() {
    for (let mark; (mark = waiting()[0]);) {
      const answer = await post(mark);
      if (!answer || answer.status > 500 || answer.status === 429) return "away";
      if (answer.type === "opaqueredirect" || answer.status === 403) return "login";
      state = "sending";
      if (answer.ok) { drop(mark.key); sent += 1; }
      else refused.set(mark.key, await whyRefused(answer));
      show();
    }
    return "";
  }

  async function send() {
    if (busy || !waiting().length) return;
    busy = true;
    sent = 0;
    // After a failure it says 没网 until the first one has got through.
    if (state !== "away") state = "sending";
    show();
    // Another window of this machine may be sending already; the keys see to it that nothing counts twice.
    const locked = navigator.locks ? (work) => navigator.locks.request(NAME, work) : (work) => work();
    state = await locked(sendAll);
    busy = false;
    if (!state) refresh();
    show();
  }

  function refresh() {
    state = "sent";
    window.htmx.ajax("GET", location.pathname + location.search, { target: part, swap: "outerHTML", select: part });
  }

  /* --- what is said --------------------------------------------------------------------------------- */

  function words() {
    const count = waiting().length;
    if (state === "sending") return `正在传，还有 ${count} 条。`;
    if (state === "login" && count) return `要重新登录才能传，${count} 条还在这台机器上。`;
    if (state === "sent" && sent && !count) return `${sent} 条都传上去了。`;
    if (count) return `没网，先记在这台机器上，${count} 条待传。`;
    if (state !== "away") return "";
    return part === "#roll" ? "没网。点了先记在这台机器上，网一通就传；接走孩子要等网通。" : "没网，下面是断网前的样子。";
  }

  function line(text, warns, ...more) {
    const one = document.createElement("p");
    one.className = warns ? "banner warn" : "banner";
    one.innerHTML = `<svg class="ic" aria-hidden="true"><use href="#i-${warns ? "warn" : "check"}"/></svg>`;
    one.append(Object.assign(document.createElement("span"), { textContent: text }), ...more);
    return one;
  }
  function button(text, act, name = text) {
    const one = Object.assign(document.createElement("button"), { type: "button", className: "btn sm", textContent: text, onclick: act });
    one.setAttribute("aria-label", name);
    return one;
  }

  function show() {
    const text = words();
    const retry = button("现在传", send);
    const login = button("去登录", () => location.reload());
    const lines = text ? [line(text, state === "away" || state === "login", ...(state === "login" ? [login] : state === "away" && waiting().length ? [retry] : []))] : [];
    mine().filter((mark) => refused.has(mark.key)).forEach((mark) => {
      const sentence = refused.get(mark.key);
      lines.push(line(`${clock(mark.made)} 点的没有记上：${sentence}`, true,
        button("再传", () => { refused.delete(mark.key); send(); }, `再传一次：${sentence}`),
        button("不要了", () => { drop(mark.key); show(); }, `不要了：${sentence}`)));
    });
    const others = read().length - mine().length;
    if (others) lines.push(line(`另有 ${others} 条是别的账号在这台机器上点的，那位登录以后会传。`, false));
    box.replaceChildren(...lines);
    box.hidden = !lines.length;
  }

  window.addEventListener("offline", () => { state = "away"; show(); });
  window.addEventListener("online", () => { state = ""; alarm(""); show(); send(); });
  window.addEventListener("storage", show);
  setInterval(() => { if (navigator.onLine && state !== "login") send(); }, EVERY);
  waiting().forEach(paint);
  show();
  send();
})();
