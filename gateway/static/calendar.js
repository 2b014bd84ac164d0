// The calendar's conveniences: a running total, whole months at once, arrows between boxes.
const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });

for (const form of document.querySelectorAll("[data-calendar]")) {
  const boxes = [...form.querySelectorAll("input[name=repas]")];
  const columns = [...form.querySelectorAll("button[data-column]")];
  const inColumn = (column) => boxes.filter((box) => box.dataset.column === column);

  const count = () => {
    const ticked = boxes.filter((box) => box.checked);
    const cents = ticked.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
    const total = form.querySelector("[data-total]");
    if (total) {
      total.querySelector("[data-count]").textContent = ticked.length;
      total.querySelector("[data-cents]").textContent = euros.format(cents / 100);
    }
    for (const button of columns) {
      const own = inColumn(button.dataset.column);
      button.hidden = own.length === 0;
      button.setAttribute("aria-pressed", own.every((box) => box.checked));
    }
  };

  form.addEventListener("change", count);
  for (const button of columns) {
    button.addEventListener("click", () => {
      const tick = button.getAttribute("aria-pressed") !== "true";
      for (const box of inColumn(button.dataset.column)) box.checked = tick;
      count();
    });
  }

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  form.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.target.name !== "repas") return;
    const [down, right] = step;
    const rows = [...form.querySelectorAll(".grid tbody tr")];
    const column = Number(event.target.dataset.column) + right;
    let row = rows.indexOf(event.target.closest("tr")) + down;
    let next;
    while (rows[row] && !(next = rows[row].querySelector(`[data-column="${column}"]`)) && down) {
      row += down;
    }
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
  count();
}
