// The form of period and filters: days that are typed go before a named period, and figures that the form no longer asks
// for are greyed. Columns of a plot are one stop of the Tab key; arrows lead from one to the next.
const form = document.querySelector("form.asking");
const shown = (field) => (field.options ? (field.querySelector("[selected]") ?? field.options[0]).value : field.defaultValue);
function look() {
  const stale = [...form.querySelectorAll("select, input[type=date]")].some((field) => field.value !== shown(field));
  document.body.classList.toggle("stale", stale);
  const told = stale ? form.dataset.press : "";
  const press = form.querySelector(".press");
  if (press.textContent !== told) press.textContent = told;
}
if (form) {
  const [period, ...days] = ["masa", "dari", "sampai"].map((name) => form.elements[name]);
  form.addEventListener("input", ({ target }) => {
    if (target === period && period.value === "lain") form.querySelector("details").open = true;
    else if (target === period) days.forEach((day) => { day.value = ""; });
    if (days.includes(target) && target.value) period.value = "lain";
    look();
  });
  addEventListener("pageshow", look);
}
document.querySelectorAll("svg.plot").forEach((plot) => {
  const links = [...plot.querySelectorAll("a")];
  const stop = (chosen) => links.forEach((link) => { link.tabIndex = link === chosen ? 0 : -1; });
  stop(links[0]);
  const around = plot.parentElement; // a picture that listens itself would be a stop, too
  around.addEventListener("focusin", ({ target }) => { if (links.includes(target)) stop(target); });
  around.addEventListener("keydown", (event) => {
    if (!links.includes(document.activeElement)) return;
    const place = links.indexOf(document.activeElement);
    const to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: links.length - 1 }[event.key];
    if (!links[to]) return;
    event.preventDefault();
    links[to].focus();
  });
});
