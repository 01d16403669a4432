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
    const filter = () => {
      const words = fields[0].value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        const fits = words.every((word) => texts[i].includes(word)) &&
          fields.slice(1).every((field) => !field.value || row.dataset[field.name] === field.value);
        row.hidden = !fits;
        shown += fits;
      });
      count.textContent = shown + " of " + rows.length + " shown";
    };
    const write = (how) => {
      const kept = new URLSearchParams();
      for (const field of fields) if (field.value) kept.set(field.name, field.value);
      const query = kept.toString();
      history[how](null, "", location.pathname + (query ? "?" + query : ""));
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
  }
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
