// Show or hide a password. Without this script the button stays hidden and the input works as it is.
"use strict";
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  const status = document.getElementById(`${button.dataset.reveal}-status`);
  const { show, hide, showName, hideName, shown, hidden } = button.dataset;
  const turn = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? hide : show;
    button.setAttribute("aria-label", visible ? hideName : showName);
  };
  turn(false);
  button.hidden = false;
  button.addEventListener("click", () => {
    const visible = input.type === "password";
    turn(visible);
    status.textContent = visible ? shown : hidden;
  });
  // Sent in clear, a password would be remembered by the browser as a text.
  input.form.addEventListener("submit", () => turn(false));
  window.addEventListener("pageshow", () => turn(false));
}
