// Enhancement only: every page works without this file. In the page it helps; in a worker, where there is no
// document, it does the proof of work. No text is in here: what is shown comes from data- attributes.
"use strict";
(() => {
// SHA-256 (FIPS 180-4) of one block, which a salt and a nonce always fit into.
const constants = new Uint32Array(64), initial = new Uint32Array(8);
{
  const root = (number, power) => Math.floor(((number ** (1 / power)) % 1) * 2 ** 32);
  for (let candidate = 2, found = 0; found < 64; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (!prime) continue;
    if (found < 8) initial[found] = root(candidate, 2);
    constants[found++] = root(candidate, 3);
  }
}
const words = new Uint32Array(64);
// The first 32 bits of the digest of an ASCII text of at most 55 signs.
const digestHead = text => {
  words.fill(0);
  const length = text.length;
  for (let i = 0; i < length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
  words[length >> 2] |= 0x80 << (24 - (length & 3) * 8);
  words[15] = length * 8;
  for (let i = 16; i < 64; i++) {
    const a = words[i - 15], b = words[i - 2];
    words[i] = words[i - 16] + words[i - 7]
      + ((a >>> 7 | a << 25) ^ (a >>> 18 | a << 14) ^ a >>> 3)
      + ((b >>> 17 | b << 15) ^ (b >>> 19 | b << 13) ^ b >>> 10);
  }
  let [a, b, c, d, e, f, g, h] = initial;
  for (let i = 0; i < 64; i++) {
    const one = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g)
      + constants[i] + words[i] | 0;
    const two = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
    h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
  }
  return a + initial[0] >>> 0;
};
if (typeof document === "undefined") {
  onmessage = ({ data: { salt, bits } }) => {
    for (let nonce = 0; ; nonce++) {
      if (Math.clz32(digestHead(salt + nonce)) >= bits) return postMessage({ nonce: String(nonce) });
      if (nonce % 4096 === 0) postMessage({ tried: nonce });
    }
  };
  return;
}

const find = id => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const field = name => document.querySelector(`#captcha input[name=${name}]`);
// A deadline, so that neither a sleeping tab nor a wrong clock of the device matters: only how long it is from now.
const every = (seconds, step) => {
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    step(left);
    if (left > 0) setTimeout(tick, Math.min(1000, end - Date.now()));
  };
  tick();
};
const clock = seconds => `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;

// The service may stand below a path; this file is at `assets/` of it.
const own = document.currentScript.src, place = path => new URL(`..${path}`, own).pathname;

// What the history keeps is a page to look at, never a form to send again: going back or loading again asks nothing.
// Nor does it keep the mailbox that a login page passed on.
history.replaceState(null, "", location.pathname === place("/resend") ? place("/code")
  : location.pathname + (/[?&]account=/.test(location.search) ? "" : location.search) + location.hash);

// A page that the browser kept whole holds what was typed into it, and shows a step that may be over.
addEventListener("pageshow", event => { if (event.persisted) location.reload(); });

// A new password is sent without another page being loaded, so that what was typed stays in its fields when it is refused:
// in the fields and nowhere else. Only `main` is replaced by that of the answer; an answer of another step is gone to.
let turn = 0;
const send = form => {
  const { pathname } = new URL(form.getAttribute("action"), location), request = new XMLHttpRequest();
  const classic = () => HTMLFormElement.prototype.submit.call(form);
  request.open("POST", pathname);
  request.responseType = "document";
  request.setRequestHeader("accept", "text/html");
  request.onerror = classic;
  request.onload = () => {
    const { response, responseURL } = request, fresh = response?.querySelector("main");
    if (!fresh) return classic();
    const asks = fresh.querySelector("#new-password");
    if (!asks && new URL(responseURL).pathname !== pathname) return location.assign(responseURL);
    const main = document.importNode(fresh, true);
    for (const id of ["new-password", "again"]) {
      const field = main.querySelector(`#${id}`);
      if (field && find(id)) field.value = find(id).value;
    }
    main.dataset.turn = ++turn;
    document.title = response.title;
    find("main").replaceWith(main);
    if (!asks) for (const button of document.querySelectorAll("header button, .default")) button.remove();
    enhance();
    (find("summary") ?? main.querySelector("h1")).focus();
  };
  request.send(new URLSearchParams(new FormData(form)));
};

const enhance = () => {
// One press, one request.
for (const form of document.forms) {
  let sent = false;
  form.addEventListener("submit", event => {
    const disabled = event.submitter?.getAttribute("aria-disabled") === "true";
    if (sent || disabled) return event.preventDefault();
    sent = true;
    for (const input of form.querySelectorAll("input[data-peeked]")) input.type = "password";
    if (form.querySelector("#new-password") && event.submitter?.name !== "lang") {
      event.preventDefault();
      send(form);
    }
    setTimeout(() => { sent = false; }, 8000);
  });
  addEventListener("pageshow", () => { sent = false; });
}

// Captcha: another picture without a new page; a picture past its time is renewed before anybody notices.
const captcha = find("captcha"), change = find("change"), status = find("captcha-status");
if (change) {
  const { kind, lang } = captcha.dataset;
  let expires, renewal;
  const renew = async byHand => {
    try {
      const answer = await fetch(place("/v1/captchas"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ kind, locale: lang, replaces: field("captcha").value }),
      });
      if (!answer.ok) throw answer.status;
      const fresh = await answer.json();
      field("captcha").value = fresh.id;
      (find("picture") ?? find("sound")).src = fresh.image ?? fresh.audio;
      watch(+captcha.dataset.full);
      if (!byHand) return;
      status.textContent = "";
      setTimeout(() => { status.textContent = change.dataset.done; }, 50);
      find("answer").value = "";
      find("answer").focus();
    } catch {
      status.textContent = change.dataset.failed;
    }
  };
  const watch = seconds => {
    expires = Date.now() + seconds * 1000;
    clearTimeout(renewal);
    renewal = setTimeout(() => { if (!find("answer").value) renew(false); }, Math.max(0, seconds - 10) * 1000);
  };
  captcha.dataset.full ??= captcha.dataset.seconds;
  watch(+captcha.dataset.seconds);
  change.addEventListener("click", event => { event.preventDefault(); renew(true); });
  find("picture")?.addEventListener("click", () => renew(true));
  addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() > expires && !find("answer").value) renew(false);
  });
}

// Proof of work, in a worker of its own.
const pow = find("pow");
if (pow) {
  const { salt, bits, script, working, done, failed } = pow.dataset, bar = find("pow-progress"), box = find("pow-work");
  const fail = () => { box.hidden = true; status.textContent = failed; };
  try {
    const types = globalThis.trustedTypes?.createPolicy("resetgate", { createScriptURL: url => url });
    const worker = new Worker(types ? types.createScriptURL(script) : script);
    box.hidden = false;
    status.textContent = working;
    worker.onerror = fail;
    worker.onmessage = ({ data: { nonce, tried } }) => {
      if (nonce === undefined) return void (bar.value = 100 * (1 - Math.exp(-tried / 2 ** bits)));
      worker.terminate();
      bar.value = 100;
      // A person who waited at the work continues with what follows it.
      if (pow.contains(document.activeElement)) find("submit").focus();
      box.hidden = true;
      field("nonce").value = nonce;
      status.textContent = done;
    };
    worker.postMessage({ salt, bits: +bits });
  } catch { fail(); }
}

// The code: what is pasted or filled in may be a whole message.
const code = find("code");
if (code) {
  const length = +code.dataset.length;
  const clean = text => {
    const plain = text.normalize("NFKC");
    const runs = plain.match(/\d+/g)?.filter(run => run.length === length) ?? [];
    const joined = plain.replace(/[\s\p{Pd}\p{Cf}\p{VS}\u2212]/gu, "");
    return /^\d+$/.test(joined) ? joined : runs.length === 1 ? runs[0] : text;
  };
  const tidy = () => {
    const cleaned = clean(code.value);
    if (cleaned.length === length) code.value = cleaned;
  };
  // Not while somebody types: a message may be typed, too, and has not ended yet.
  code.addEventListener("input", event => { if (event.inputType !== "insertText") tidy(); });
  code.addEventListener("change", tidy);
  if ("OTPCredential" in window) {
    const waiting = new AbortController();
    code.form.addEventListener("submit", () => waiting.abort());
    navigator.credentials.get({ otp: { transport: ["sms"] }, signal: waiting.signal }).then(got => {
      code.value = got.code;
      if (!find("new-password")) code.form.requestSubmit(find("submit"));
    }).catch(() => {});
  }
}

// Another code: a button that can always be reached, and says when it works.
const resend = find("resend-button");
if (resend && +resend.dataset.wait > 0) {
  const label = resend.textContent, live = find("resend-status");
  every(+resend.dataset.wait, left => {
    const waits = left > 0, text = fill(resend.dataset.waiting, { n: left });
    resend.textContent = waits ? text : label;
    if (waits) resend.setAttribute("aria-disabled", "true");
    else resend.removeAttribute("aria-disabled");
    // Not each second: that would drown everything else a screen reader says.
    if ([45, 30, 15].includes(left)) live.textContent = text;
    if (!waits) live.textContent = resend.dataset.ready;
  });
}

// Waiting for a gate.
const wait = find("wait");
if (wait) {
  const retry = find("retry");
  retry?.setAttribute("aria-disabled", "true");
  every(+wait.dataset.seconds, left => {
    wait.textContent = left > 0 ? fill(wait.dataset.left, { time: clock(left) }) : wait.dataset.over;
    if (left === 0) retry?.removeAttribute("aria-disabled");
  });
}

// The new password.
const password = find("new-password"), rules = find("rules");
if (password) {
  const again = find("again"), { min, max, classes, name } = rules.dataset, spoken = find("rules-status");
  const kinds = text => [/[0-9]/, /[a-z]/, /[A-Z]/, /[^0-9a-zA-Z]/].filter(kind => kind.test(text)).length;
  const squeeze = text => text.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const reverse = text => [...text].reverse().join("");
  const user = squeeze(name), parts = name.split(/[^\p{L}]+/u).map(squeeze).filter(Boolean);
  // As the service reads it: the whole name either way round, a part of three letters, all parts in any order, or a name
  // in one piece that begins at another letter.
  const all = (text, left) => !left.length || left.some((part, at) =>
    text.startsWith(part) && all(text.slice(part.length), left.filter((_, other) => other !== at)));
  const turned = parts.length === 1 && parts[0].length > 5
    ? [...parts[0]].map((_, at) => parts[0].slice(at) + parts[0].slice(0, at)) : [];
  const holds = text => [user, reverse(user), ...turned, ...parts.filter(part => part.length > 2)].some(part => text.includes(part))
    || (parts.length < 6 && parts.join("").length > 2 && [...text].some((_, at) => all(text.slice(at), parts)));
  // What the service has just judged, where it stayed in the field.
  const judged = password.value;
  let left = judged !== "", speaking;
  const checks = {
    length: text => [...text].length >= +min && [...text].length <= +max,
    classes: text => kinds(text) >= +classes,
    username: text => user.length < 3 || !holds(squeeze(text)),
  };
  const set = (rule, state, word) => {
    rule.dataset.state = state;
    rule.lastElementChild.textContent = word;
  };
  const tick = () => {
    const text = password.value;
    let open = 0;
    for (const rule of rules.children) {
      const check = rule.dataset.rule === "match"
        ? () => again.value === text : checks[rule.dataset.rule];
      if (!check) {
        if (text !== judged) set(rule, "open", "");
        continue;
      }
      const met = text !== "" && check(text);
      // Two entries differ only when the second one was finished.
      const quiet = text === "" || (rule.dataset.rule === "match" && !met && !left);
      if (!met) open++;
      if (quiet) set(rule, "open", "");
      else set(rule, met ? "met" : "unmet", met ? rules.dataset.met : rules.dataset.unmet);
    }
    clearTimeout(speaking);
    if (text !== "") speaking = setTimeout(() => {
      spoken.textContent = open ? fill(spoken.dataset.left, { n: open }) : spoken.dataset.met;
    }, 1200);
  };
  if (judged) tick();
  password.addEventListener("input", tick);
  again?.addEventListener("input", () => { left = left && again.value !== ""; tick(); });
  again?.addEventListener("blur", () => { left = again.value !== ""; tick(); });

  for (const input of [password, again]) {
    const button = input && find(`show-${input.id}`);
    if (!button) continue;
    const { hide, shown } = button.dataset, show = button.getAttribute("aria-label"), hidden = button.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      const peek = input.type === "password";
      input.type = peek ? "text" : "password";
      input.toggleAttribute("data-peeked", peek);
      button.textContent = peek ? shown : hidden;
      button.setAttribute("aria-label", peek ? hide : show);
    });
    const caps = event => {
      find("caps").textContent = event.getModifierState?.("CapsLock") ? find("caps").dataset.on : "";
    };
    input.addEventListener("keydown", caps);
    input.addEventListener("keyup", caps);
  }

  // Signs that nobody mistakes for others, drawn without bias; drawn again until every rule that is known here is met.
  const signs = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ-_.!+", generate = find("generate");
  const draw = () => {
    const length = Math.min(+max, Math.max(+min, 16));
    let text = "";
    while (text.length < length) {
      const [byte] = crypto.getRandomValues(new Uint8Array(1));
      if (byte < 256 - 256 % signs.length) text += signs[byte % signs.length];
    }
    return kinds(text) === 4 && checks.username(text) ? text : draw();
  };
  generate.hidden = false;
  generate.addEventListener("click", () => {
    const fresh = draw();
    for (const input of [password, again]) if (input) input.value = fresh;
    if (password.type === "password") find("show-new-password").click();
    left = true;
    tick();
    navigator.clipboard?.writeText(fresh).catch(() => {});
    spoken.textContent = generate.dataset.done;
    password.focus();
  });
}

// The time to choose a password is told when it gets short.
const rest = find("time-left");
if (rest) every(+rest.dataset.seconds, left => {
  if (left === 0) return location.assign(place("/password"));
  if (left <= 120 && (left % 30 === 0 || !rest.textContent)) rest.textContent = fill(rest.dataset.left, { time: clock(left) });
});

// Server names for mail clients.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    find("copy-status").textContent = find("copy-status").dataset.done;
  });
}
};
enhance();
})();
