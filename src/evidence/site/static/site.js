// Filters of tables, kept in the address; and folded parts that open for printing.
(function () {
  "use strict";
  for (const form of document.querySelectorAll("form[data-filters]")) {
    const rows = [...document.querySelectorAll("#" + form.dataset.filters + " tbody tr")];
    const fields = [...form.querySelectorAll("input, select")];
    const count = form.querySelector(".count");
    const texts = rows.map((row) => row.textContent.toLowerCase());

    const read = () => {
      const given = new URLSearchParams(location.search);
      for (const field of fields) field.value = given.get(field.name) || "";
    };
    const column = (row, field) => field.dataset.column
      ? row.cells[field.dataset.column].textContent : row.dataset[field.name];
    const filter = () => {
      // Claims are also found as the search finds them: half a million, wife, profit.
      const search = form.dataset.search && fields[0].value.trim() && window.evidenceSearch;
      const found = search ? search.find(fields[0].value) : null;
      const ids = new Set(found && !found.instead ? found.found.map((entry) => entry.id) : []);
      const words = fields[0].value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        const fits = (words.every((word) => texts[i].includes(word)) || ids.has(row.id)) &&
          fields.slice(1).every((field) => !field.value || column(row, field) === field.value);
        row.hidden = !fits;
        shown += fits;
      });
      count.querySelector("span").textContent = shown;
    };
    const write = (how) => {
      const kept = new URLSearchParams();
      for (const field of fields) if (field.value) kept.set(field.name, field.value);
      const query = kept.toString();
      history[how](null, "", location.pathname + (query ? "?" + query : "") + location.hash);
    };
    form.addEventListener("input", () => { filter(); write("replaceState"); });
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      for (const field of fields) field.value = "";
      filter();
      write("pushState");
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("popstate", () => { read(); filter(); });
    read();
    filter();
    if (form.dataset.search) window.addEventListener("load", filter);
  }
  // Tables that can be sorted: a click on a head sorts up, a second one down.
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => row.cells[at].textContent;
        // An empty cell is not a zero: it stays at the end.
        const rows = [...body.rows].sort((a, b) => (!value(a)) - (!value(b)) ||
          (down ? -1 : 1) * (Number(value(a)) - Number(value(b)) || compare(value(a), value(b))));
        body.append(...rows);
      });
    });
  }
  // Addresses of files, as another program can read them.
  for (const place of document.querySelectorAll("[data-address]")) {
    if (location.protocol.startsWith("http")) {
      place.textContent = new URL(place.dataset.address, location.href).href;
    }
  }
  // Family trees: larger and smaller by buttons, plus and minus; moved by hand, arrows or scrolling.
  for (const figure of document.querySelectorAll("figure.family")) {
    const view = figure.querySelector(".tree");
    const drawn = () => [...view.querySelectorAll("svg")].find((svg) => svg.checkVisibility());
    let scale = 1;
    const resize = (wanted) => {
      const svg = drawn();
      if (!svg) return;
      const full = svg.viewBox.baseVal.width;
      scale = Math.min(3, Math.max(0.3, wanted));
      svg.style.maxWidth = "none";
      svg.style.width = full * scale + "px";
      svg.style.height = "auto";
    };
    const now = () => drawn().getBoundingClientRect().width / drawn().viewBox.baseVal.width;
    const fit = () => Math.min(1, (view.clientWidth - 2) / drawn().viewBox.baseVal.width);
    const steps = { in: () => now() * 1.25, out: () => now() / 1.25, fit, one: () => 1 };
    for (const button of figure.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => resize(steps[button.dataset.zoom]()));
    }
    view.addEventListener("keydown", (event) => {
      const step = { "+": "in", "=": "in", "-": "out", 0: "one" }[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      resize(steps[step]());
    });
    let from = null;
    view.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button || event.target.closest("a")) return;
      from = [event.clientX + view.scrollLeft, event.clientY + view.scrollTop];
      view.setPointerCapture(event.pointerId);
    });
    view.addEventListener("pointermove", (event) => {
      if (from) view.scrollTo(from[0] - event.clientX, from[1] - event.clientY);
    });
    for (const end of ["pointerup", "pointercancel"]) view.addEventListener(end, () => { from = null; });
  }
  // The list of claims at the side begins where the reader is.
  const here = document.querySelector(".bd-sidebar-primary li.current.active > a, .bd-sidebar-primary a.current");
  const side = document.querySelector(".bd-sidebar-primary");
  if (here && side) side.scrollTop = here.offsetTop - side.clientHeight / 3;
  // Code that is folded away opens all at once, by a button or the key c.
  const folded = [...document.querySelectorAll("details.hide.above-input")];
  if (folded.length) {
    const button = document.createElement("button");
    const label = () => (folded.every((part) => part.open) ? "Hide" : "Show") + " all code (key c)";
    const turn = () => {
      const open = !folded.every((part) => part.open);
      for (const part of folded) part.open = open;
      button.textContent = label();
    };
    button.type = "button";
    button.className = "open-code";
    button.setAttribute("aria-keyshortcuts", "c");
    button.textContent = label();
    button.addEventListener("click", turn);
    document.querySelector("article h1")?.after(button);
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, select, textarea, [contenteditable]");
      if (event.key === "c" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) turn();
    });
  }
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  window.addEventListener("afterprint", () => { for (const part of opened) part.open = false; });
})();
