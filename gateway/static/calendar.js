// The calendar's conveniences: a running total, weeks and months without a round trip, arrows,
// and one press that adds what was ticked in every service.
const forms = [...document.querySelectorAll("[data-calendar]")];
const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });

for (const form of forms) {
  const boxes = [...form.querySelectorAll("input[name=repas]")];
  // a button's value is first..last|child|session, a box's child|day|session
  const tickers = [...form.querySelectorAll("button[name=cocher]")].map((button) => {
    const [span, child, session] = button.value.split("|");
    const [first, last] = span.split("..");
    const own = boxes.filter((box) => {
      const [eater, day, part] = box.value.split("|");
      return eater === child && part === session && day >= first && day <= last;
    });
    return [button, own];
  });

  const count = () => {
    const ticked = boxes.filter((box) => box.checked);
    const cents = ticked.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
    const total = form.querySelector("[data-total]");
    if (total) {
      total.querySelector("[data-count]").textContent = ticked.length;
      total.querySelector("[data-cents]").textContent = euros.format(cents / 100);
    }
    for (const [button, own] of tickers) {
      button.setAttribute("aria-pressed", own.every((box) => box.checked));
    }
  };

  form.addEventListener("change", count);
  for (const [button, own] of tickers) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const tick = own.some((box) => !box.checked);
      for (const box of own) box.checked = tick;
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

const isChanged = (form) =>
  [...form.querySelectorAll("input[name=repas]")].some(
    (box) => box.checked !== box.closest("label").classList.contains("in_cart"),
  );

const isTaken = async (form) => {
  const asked = { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" };
  const answer = await fetch(form.action, asked).catch(() => null);
  return answer?.type === "opaqueredirect";
};

// Each service has its own form: what was ticked in the others goes along with the one that is
// sent. Where one is refused, that one is sent by itself at last, and its page says why.
let alone = false;
for (const form of forms) {
  form.addEventListener("submit", async (event) => {
    const others = forms.filter((other) => other !== form && isChanged(other));
    if (alone || !others.length) return;
    event.preventDefault();
    let refused;
    for (const other of others) if (!(await isTaken(other))) refused ??= other;
    if (refused) await isTaken(form);
    alone = true;
    if (refused) refused.requestSubmit();
    else form.requestSubmit(event.submitter);
    alone = false;
  });
}
