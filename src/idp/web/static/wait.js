// Ask now and then whether a result is there, more and more rarely, and stop after a while. The page works without this.
"use strict";
const live = document.getElementById("live");
const say = live.querySelector("span:last-child");
const { wait, next, first, slowest, stop, stopped, offline, waiting } = live.dataset;
const end = Date.now() + Number(stop) * 1000;
let delay = Number(first);
let timer = 0;
let asking = false;

const tell = (text) => {
  if (say.textContent !== text) say.textContent = text;
};

const halt = () => {
  live.classList.add("still");
  tell(stopped);
};

const later = () => {
  clearTimeout(timer);
  if (Date.now() >= end) return halt();
  timer = setTimeout(ask, delay * 1000);
  delay = Math.min(delay * 1.25, Number(slowest));
};

const ask = async () => {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const answer = await fetch(wait, {
      headers: { Accept: "application/json" }, cache: "no-store", credentials: "same-origin", redirect: "error",
    });
    // The page itself knows what to show once there is something else than waiting.
    if (answer.ok && (await answer.json()).state !== "waiting") return location.replace(next);
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return halt();
    tell(answer.ok ? waiting : offline);
  } catch {
    tell(offline);
  } finally {
    asking = false;
  }
  later();
};

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() < end) ask();
});
later();
