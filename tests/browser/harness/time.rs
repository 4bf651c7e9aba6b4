//! Time on a page, in the hand of a test: countdowns are walked through instead of waited for.

/// Runs before the page's own script. `OFF` is how wrong the clock of the device is, in milliseconds.
pub const HELD: &str = r"
(() => {
  const Real = Date, due = [];
  let now = Real.now() + OFF, last = 0;
  globalThis.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(now); }
    static now() { return now; }
  };
  const put = (act, delay, again) => { due.push({ id: ++last, at: now + Math.max(0, +delay || 0), act, again }); return last; };
  const drop = id => { const place = due.findIndex(one => one.id === id); if (place >= 0) due.splice(place, 1); };
  globalThis.setTimeout = (act, delay, ...given) => put(() => act(...given), delay, null);
  globalThis.setInterval = (act, delay, ...given) => put(() => act(...given), delay, +delay);
  globalThis.clearTimeout = globalThis.clearInterval = drop;
  const next = end => due.filter(one => one.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
  const fire = one => { drop(one.id); if (one.again !== null) due.push({ ...one, at: now + one.again }); one.act(); };
  // Time passes as usual.
  globalThis.heldPass = span => {
    const end = now + span;
    for (let one; (one = next(end));) { now = Math.max(now, one.at); fire(one); }
    now = end;
  };
  // The tab slept: the clock went on, and nothing happened until now.
  globalThis.heldSleep = span => { now += span; for (let one; (one = next(now));) fire(one); };
})();
";

/// Only a wrong clock; time passes by itself.
pub const OFF: &str = r"
(() => {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + OFF); }
    static now() { return Real.now() + OFF; }
  };
})();
";
