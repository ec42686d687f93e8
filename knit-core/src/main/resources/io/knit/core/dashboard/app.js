"use strict";
// Fetches the page's live sections anew when something changed. The form is never touched, and what a person has
// open, typed or focused in a section stays so.
(() => {
  const live = document.getElementById("live");
  const address = document.body.dataset.page || "/dashboard/fragments";
  const pause = 250; // ms between two fetches, so that a burst of events is one
  const patience = 30000; // ms until a fetch that nobody answers is given up
  const shortest = 1000; // ms until what failed is tried again, and twice as long each time
  const longest = 30000;
  const lost = "can't reach the server, trying again";
  const refused = { 403: "you may not see this any more", 404: "what this page shows is no longer there" };

  let wanted = false;
  let busy = false;
  let problem = ""; // why the page is not as things are
  let ended = false; // nobody is logged in here any more
  let wait = shortest;
  let later = 0;
  let source = null; // of events
  let after = document.body.dataset.after;
  let sourceWait = shortest;

  function say(text, tone) {
    live.textContent = text;
    live.className = "live " + tone;
  }

  function show() {
    if (ended) {
      if (live.querySelector("a")) return; // who is on it stays there
      say("your session has ended: ", "bad");
      const link = document.createElement("a");
      link.href = "/dashboard/login";
      link.target = "_blank";
      link.textContent = "log in";
      live.append(link);
    } else if (problem) {
      say(problem, "bad");
    } else if (source && source.readyState === EventSource.OPEN) {
      say("live", "good");
    } else {
      say(lost, "bad");
    }
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

  // The page's live sections become these, in their order; one that only one side has comes or goes.
  function arrange(sections) {
    const ids = new Set(sections.map(section => section.id));
    const shown = [...document.querySelectorAll("[data-live]")];
    const first = shown[0];
    let before = null;
    for (const section of sections) {
      const fresh = document.adoptNode(section);
      const old = document.getElementById(fresh.id);
      times(fresh);
      if (old) swap(old, fresh);
      else if (before) document.getElementById(before).after(fresh);
      else first.before(fresh);
      before = fresh.id;
    }
    for (const old of shown) if (!ids.has(old.id)) old.remove();
  }

  function swap(old, fresh) {
    for (const details of old.querySelectorAll("details[open][id]")) {
      const same = fresh.querySelector("#" + CSS.escape(details.id));
      if (!same) continue;
      same.open = true;
      for (const typed of details.querySelectorAll("input:not([type=hidden])")) {
        const again = same.querySelector("input[name=" + CSS.escape(typed.name) + "]");
        if (again && typed.type === "checkbox") again.checked = typed.checked;
        else if (again && isTyped(typed)) again.value = typed.value;
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

  // Whether a person wrote that: here, or before a refusal, which sent it back with the page.
  function isTyped(field) {
    return field.value !== field.defaultValue || field.closest("[data-typed]") !== null;
  }

  // Of what nobody looks at nothing is fetched: it is when it is looked at.
  async function refresh() {
    wanted = true;
    if (busy || document.hidden) return;
    busy = true;
    clearTimeout(later);
    while (wanted && !document.hidden) {
      wanted = false;
      try {
        problem = await renew();
      } catch (error) {
        problem = "this page can't be renewed any more: reload it";
        console.error(error);
      }
      if (ended && ![...document.querySelectorAll("input:not([type=hidden]), textarea")].some(isTyped)) {
        location.assign(document.body.dataset.page || "/dashboard"); // leads to the login, and from there back
        return;
      }
      wait = problem ? Math.min(2 * wait, longest) : shortest;
      show();
      await new Promise(done => setTimeout(done, pause));
    }
    busy = false;
    if (problem || ended) later = setTimeout(refresh, wait);
    else later = setTimeout(refresh, every());
    listen();
  }

  // ms, for what moves though nothing happens; the server says how much does
  function every() {
    const paced = document.querySelector("[data-every]");
    return paced ? Number(paced.dataset.every) * 1000 : longest;
  }

  // Once; says what went wrong, or nothing.
  async function renew() {
    let answer;
    let text;
    try {
      answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(patience) });
      text = await answer.text();
    } catch (unreached) {
      return lost;
    }
    ended = answer.status === 401;
    if (ended) return lost;
    const sections = [...new DOMParser().parseFromString(text, "text/html").querySelectorAll("[data-live]")];
    if (!answer.ok || sections.length === 0) {
      return refused[answer.status] || "the server answers " + answer.status + ", trying again";
    }
    arrange(sections);
    return "";
  }

  function listen() {
    if (source || ended || document.hidden) return;
    const stream = new EventSource("/events?after=" + encodeURIComponent(after));
    source = stream;
    stream.addEventListener("open", () => {
      sourceWait = shortest;
      refresh();
    });
    stream.addEventListener("error", () => {
      if (stream !== source) return;
      if (stream.readyState === EventSource.CLOSED) {
        // the server answered with something else; a page tells what
        sourceWait = Math.min(2 * sourceWait, longest);
        setTimeout(() => {
          if (stream !== source) return;
          source = null;
          listen();
        }, sourceWait);
        refresh();
      }
      show();
    });
    for (const type of document.body.dataset.events.split(" ")) {
      stream.addEventListener(type, event => {
        after = event.lastEventId || after;
        refresh();
      });
    }
  }

  // What is sent when nobody is logged in any more would be lost with its page.
  document.addEventListener("submit", async event => {
    if (!ended) return;
    event.preventDefault();
    await refresh();
    if (ended) live.querySelector("a").focus();
    else event.target.requestSubmit(event.submitter);
  });

  // A browser has six connections to a server for all its tabs together, and each stream of events takes one.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      listen();
      refresh();
    } else if (source) {
      source.close();
      source = null;
    }
  });

  times(document);
  say("connecting", "quiet");
  listen();
})();
