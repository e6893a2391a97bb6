/* Dragging a session in 教室周: the same page of the move that 挑一个空档挪 leads to. Improvement only. */
(() => {
  "use strict";
  const FIRST = 8 * 60, QUARTERS = 52;
  let held = null, grip = 0;
  const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const lane = (event) => (matchMedia("(min-width: 1000px)").matches && held ? event.target.closest?.("ul[data-room]") : null);

  document.addEventListener("dragstart", (event) => {
    held = event.target.closest?.("[data-move]");
    if (!held) return;
    grip = event.clientX - held.getBoundingClientRect().left;
    event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragend", () => { held = null; });
  document.addEventListener("dragover", (event) => { if (lane(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    const to = lane(event);
    if (!to) return;
    event.preventDefault();
    const box = to.getBoundingClientRect(), length = Number(held.dataset.minutes);
    const quarter = Math.round(((event.clientX - grip - box.left) / box.width) * QUARTERS);
    const starts = FIRST + 15 * Math.max(0, Math.min(QUARTERS - Math.ceil(length / 15), quarter));
    const query = { on_date: to.dataset.day, time: `${clock(starts)}-${clock(starts + length)}`, room: to.dataset.room, scope: "one", look: "1" };
    location.assign(`${held.dataset.move}?${new URLSearchParams(query)}`);
  });
})();
