// The kit's small conveniences. Every page works without them.

// What only works with this script appears with it.
for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;

// After an error, or to a heading that asks for it: begin there.
document.querySelector("[data-focus]")?.focus();

// A password can be looked at while it is typed.
for (const button of document.querySelectorAll("[data-reveal]")) {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.reveal);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
}

// What is meant for paper has a button for it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}

// A form is sent once: a second click waits for the answer of the first.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  const button = event.submitter;
  button?.setAttribute("aria-disabled", "true");
  setTimeout(() => {
    delete form.dataset.sent;
    button?.removeAttribute("aria-disabled");
  }, 12_000);
});

// A page taken out of the browser's memory shows the past: ask for it again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
