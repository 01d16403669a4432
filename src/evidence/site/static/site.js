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
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  window.addEventListener("afterprint", () => { for (const part of opened) part.open = false; });
})();
