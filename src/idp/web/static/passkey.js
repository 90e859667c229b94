// Use or make a passkey. Without this script, or in a browser without passkeys, the page's other ways remain.
"use strict";
const form = document.querySelector("form[data-passkey]");
const LAST = "idp.passkey";

const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// From the JSON of the page to what browsers take, and back. By hand: not every browser can, and some add-ons cannot.
const revive = (options) => {
  const known = (list) => list?.map((item) => ({ ...item, id: decode(item.id) }));
  return {
    ...options,
    challenge: decode(options.challenge),
    ...(options.user && { user: { ...options.user, id: decode(options.user.id) } }),
    ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
    ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
  };
};
const describe = ({ rawId, type, response }) => {
  const id = encode(rawId);
  const said = { clientDataJSON: encode(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    // A registration may show its authenticator data too; only an assertion is asked for it.
    if (response[part]?.byteLength && !(part === "authenticatorData" && response.attestationObject)) {
      said[part] = encode(response[part]);
    }
  }
  if (response.getTransports) said.transports = response.getTransports();
  return { id, rawId: id, type, response: said };
};

// A browser forgets a passkey that we do not know any more. Which one it offered is remembered from the page before.
const remember = (told) => {
  try {
    sessionStorage.setItem(LAST, JSON.stringify(told));
  } catch { /* Then it is only not tidied up. */ }
};
const recall = () => {
  try {
    const told = sessionStorage.getItem(LAST);
    sessionStorage.removeItem(LAST);
    return told && JSON.parse(told);
  } catch {
    return null;
  }
};
const signal = (how, told) => window.PublicKeyCredential?.[how]?.(told).catch(() => {});

const take = (page) => {
  const button = page.querySelector("button");
  const status = page.querySelector("[role=status]");
  const { passkey: verb, options, conditional, unknown, cancelled, known, failed, unsupported } = page.dataset;
  const wanted = JSON.parse(options);
  const quiet = conditional !== undefined;
  let asking = null;

  const told = recall();
  if (unknown !== undefined && told) signal("signalUnknownCredential", told);
  if (!window.PublicKeyCredential || !navigator.credentials) {
    if (!quiet) status.textContent = unsupported;
    return;
  }

  const ask = (more) => {
    asking?.abort();
    asking = new AbortController();
    return navigator.credentials[verb]({ publicKey: revive(wanted), signal: asking.signal, ...more });
  };
  const send = (credential) => {
    const said = describe(credential);
    if (verb === "get") remember({ rpId: wanted.rpId, credentialId: said.id });
    page.elements.credential.value = JSON.stringify(said);
    // Not requestSubmit: no field of this form is typed.
    page.submit();
  };
  const wait = async () => {
    if (!quiet || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    try {
      send(await ask({ mediation: "conditional" }));
    } catch { /* Nobody chose one; the button and the address field are still there. */ }
  };

  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = "";
    try {
      send(await ask());
    } catch (error) {
      button.disabled = false;
      status.textContent = { NotAllowedError: cancelled, InvalidStateError: known }[error.name] ?? failed;
      wait();
    }
  });
  // After "back" the page comes as it was left.
  window.addEventListener("pageshow", () => { button.disabled = false; });
  wait();
};

if (form) take(form);
const accepted = document.querySelector("[data-passkeys-accepted]");
if (accepted) signal("signalAllAcceptedCredentials", JSON.parse(accepted.dataset.passkeysAccepted));
