// Send the form that carries an answer back to the client. Without this script the person presses its button.
"use strict";
const form = document.querySelector("form[data-submit]");
// Not after "back": the answer works once.
const entry = performance.getEntriesByType("navigation")[0];
if (form && entry?.type !== "back_forward") form.submit();
