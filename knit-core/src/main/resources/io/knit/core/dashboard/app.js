"use strict";
// Fetches the page's live sections anew when something changed. The form is never touched, and what a person has
// open or focused in a section stays so.
(() => {
  const live = document.getElementById("live");
  const pause = 250; // ms between two fetches, so that a burst of events is one
  let wanted = false;
  let busy = false;

  function say(text, tone) {
    live.textContent = text;
    live.className = "live " + tone;
  }

  function times(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      if (!Number.isNaN(at.getTime())) {
        const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
        const day = at.getFullYear() === new Date().getFullYear() ? { month: "short", day: "numeric" } : { dateStyle: "medium" };
        time.textContent = (at.toDateString() === new Date().toDateString() ? "today" : at.toLocaleDateString([], day))
          + " " + at.toLocaleTimeString([], clock);
        time.title = at.toLocaleString();
      }
    }
  }

  function swap(fresh) {
    const old = document.getElementById(fresh.id);
    times(fresh);
    for (const details of old.querySelectorAll("details[open][id]")) {
      const same = fresh.querySelector("#" + CSS.escape(details.id));
      if (!same) continue;
      same.open = true;
      for (const typed of details.querySelectorAll("input:not([type=hidden])")) {
        const again = same.querySelector("input[name=" + CSS.escape(typed.name) + "]");
        if (again && typed.value !== typed.defaultValue) again.value = typed.value;
      }
    }
    if (old.isEqualNode(fresh)) return;
    const focus = old.contains(document.activeElement) ? path(old, document.activeElement) : null;
    old.replaceWith(fresh);
    if (focus) {
      const again = find(fresh, focus);
      if (again) again.focus({ preventScroll: true });
    }
  }

  // Where an element is: the nearest one with an id, and which of its focusable elements.
  const focusable = "a[href], button, summary, input:not([type=hidden])";
  function path(root, element) {
    const anchor = element.closest("[id]");
    return { id: anchor.id, index: [...anchor.querySelectorAll(focusable)].indexOf(element) };
  }
  function find(root, focus) {
    const anchor = root.id === focus.id ? root : root.querySelector("#" + CSS.escape(focus.id));
    return anchor && (anchor.querySelectorAll(focusable)[focus.index] || null);
  }

  async function refresh() {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      try {
        const answer = await fetch(document.body.dataset.page || "/dashboard/fragments", { cache: "no-store" });
        if (answer.status === 401) { location.assign("/dashboard/login"); return; }
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const fresh of page.querySelectorAll("[data-live]")) swap(document.adoptNode(fresh));
      } catch (error) {
        say("can't reach the server, trying again", "bad");
      }
      await new Promise(done => setTimeout(done, pause));
    }
    busy = false;
  }

  function listen() {
    const source = new EventSource("/events?after=" + encodeURIComponent(document.body.dataset.after));
    source.addEventListener("open", () => {
      say("live", "good");
      refresh();
    });
    source.addEventListener("error", () => {
      say("can't reach the server, trying again", "bad");
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    });
    for (const type of document.body.dataset.events.split(" ")) source.addEventListener(type, refresh);
  }

  // what moves though nothing happens
  const every = Number(document.body.dataset.every);
  if (every) setInterval(refresh, every * 1000);
  times(document);
  say("connecting", "quiet");
  listen();
})();
