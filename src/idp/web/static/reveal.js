// Show or hide a password. Without this script the button stays hidden and the input works as it is.
"use strict";
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const status = document.getElementById(`${button.dataset.reveal}-status`);
  const show = (visible, announce) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-pressed", String(visible));
    if (announce) status.textContent = visible ? button.dataset.shown : button.dataset.hidden;
  };
  button.setAttribute("aria-label", button.dataset.label);
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password", true));
  // A password in clear would be offered by the browser as a remembered text.
  input.form.addEventListener("submit", () => show(false, false));
  window.addEventListener("pageshow", () => show(false, false));
}
