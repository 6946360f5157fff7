// The page without this script is whole: it only filters, sorts, opens and colours what is there.
"use strict";

(() => {
  const root = document.documentElement;
  const list = document.getElementById("list");
  const form = document.getElementById("filters");
  const text = document.getElementById("text");
  const sort = document.getElementById("sort");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");
  const theme = document.getElementById("theme");
  const expand = document.getElementById("expand");
  const help = document.getElementById("help");
  const findings = [...list.children];
  const words = new Map(); // what a finding says, in small letters, from when it is first searched

  root.classList.add("js");

  // --- filters

  const chosen = (name) => new Set([...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value));

  const says = (finding) => {
    if (!words.has(finding)) words.set(finding, finding.textContent.toLowerCase());
    return words.get(finding);
  };

  const filter = () => {
    const wanted = ["kind", "model", "confidence"].map((name) => [name, chosen(name)]).filter(([, values]) => values.size);
    const terms = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let matching = 0;
    for (const finding of findings) {
      const fits =
        wanted.every(([name, values]) => values.has(finding.dataset[name])) &&
        terms.every((term) => says(finding).includes(term));
      finding.hidden = !fits;
      matching += fits;
    }
    const filtered = wanted.length > 0 || terms.length > 0;
    shown.textContent = filtered ? `${matching} of ${findings.length} shown` : `${findings.length} shown`;
    none.hidden = matching > 0 || findings.length === 0;
    form.classList.toggle("filtered", filtered);
  };

  const reset = () => {
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    text.value = "";
    filter();
  };

  // --- order

  const by = {
    best: (finding) => Number(finding.dataset.rank),
    saved: (finding) => -Number(finding.dataset.saved),
    gain: (finding) => -Number(finding.dataset.gain),
    file: (finding) => Number(finding.dataset.position),
  };

  const order = () => {
    const key = by[sort.value];
    findings.sort((one, other) => key(one) - key(other) || by.best(one) - by.best(other));
    list.append(...findings);
  };

  // --- open and close

  const visible = () => findings.filter((finding) => !finding.hidden);
  const details = (finding) => finding.firstElementChild;

  const expandAll = () => {
    const open = visible().some((finding) => !details(finding).open);
    for (const finding of visible()) details(finding).open = open;
    told(open);
  };

  const told = (open) => {
    expand.textContent = open ? "Collapse all" : "Expand all";
  };

  const step = (by) => {
    const all = visible();
    const at = all.findIndex((finding) => finding.contains(document.activeElement));
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) {
      const summary = next.querySelector("summary");
      summary.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
  };

  const follow = () => {
    const finding = findings.find((each) => `#${each.id}` === location.hash);
    if (!finding) return;
    if (finding.hidden) reset();
    details(finding).open = true;
    finding.querySelector("summary").focus({ preventScroll: true });
    finding.scrollIntoView({ block: "start" });
  };

  // --- dark and light: what the system prefers, until somebody chooses

  const dark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const coloured = (choice) => {
    if (choice) root.dataset.theme = choice;
    theme.setAttribute("aria-pressed", String(dark()));
    theme.title = dark() ? "Switch to light (t)" : "Switch to dark (t)";
  };

  const kept = (choice) => {
    try {
      if (choice) localStorage.setItem("advisor-theme", choice);
      return localStorage.getItem("advisor-theme");
    } catch {
      return choice; // a browser that keeps nothing for files
    }
  };

  const toggle = () => coloured(kept(dark() ? "light" : "dark"));

  // --- keyboard

  const keys = {
    "/": () => text.focus(),
    j: () => step(1),
    k: () => step(-1),
    e: expandAll,
    t: toggle,
    r: reset,
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape" && event.target === text) {
      text.value = "";
      filter();
      text.blur();
      return;
    }
    if (event.target.matches("input[type=search], select")) return;
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  // --- wiring

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("reset").addEventListener("click", reset);
  sort.addEventListener("input", order);
  expand.addEventListener("click", expandAll);
  theme.addEventListener("click", toggle);
  document.getElementById("keys").addEventListener("click", () => help.showModal());
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => visible().forEach((finding) => (details(finding).open = true)));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => coloured());
  for (const card of document.querySelectorAll("button.card")) {
    card.addEventListener("click", () => {
      reset();
      for (const box of form.querySelectorAll("input[type=checkbox]"))
        if (card.dataset[box.name]?.split(" ").includes(box.value)) box.checked = true;
      filter();
      document.getElementById("findings").scrollIntoView();
    });
  }
  for (const copy of document.querySelectorAll("button.copy")) {
    copy.hidden = !navigator.clipboard;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(copy.previousElementSibling.textContent);
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy"), 1500);
    });
  }

  coloured(kept());
  filter();
  follow();
})();
