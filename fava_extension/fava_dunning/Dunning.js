// @ts-check
/**
 * What the page does with script: copying, printing, small forms, and writing what was
 * sent or said into the ledger. All of its texts and addresses are in the page, which
 * reads without script, too.
 */

/** @import { Extension } from "./fava" */

/**
 * @typedef {object} Written What stands in the ledger now; `text` where it can be undone.
 * @property {string} file
 * @property {number} line
 * @property {string} [said]
 * @property {string} [text]
 * @property {string} [fingerprint]
 */

/**
 * @typedef {object} Place What was written, and a link to where.
 * @property {string} said
 * @property {string} name
 * @property {string} href
 */

/**
 * @typedef {object} News What to say when the page is there anew, after something was
 *   written, and as long as it shows the ledger as it was written.
 * @property {string} text
 * @property {Written[]} written
 * @property {string} href
 * @property {number} top
 * @property {boolean} [isUndone]
 * @property {string} [fingerprint]
 */

/** @type {News | null} */
let news = null;
let lastKey = "";

/** The page; null on Fava's other pages. */
const pageElement = () =>
  /** @type {HTMLElement | null} */ (document.querySelector(".dunning"));

/**
 * Go to an address as a click on a link would: Fava loads the part that is new.
 * @param {string} href
 */
function visit(href) {
  const link = document.createElement("a");
  link.href = href;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}

/**
 * Scroll what the page is in, Fava's article or else the window, to where it was.
 * @param {HTMLElement} page
 * @param {number} top
 */
function scrollBack(page, top) {
  for (const scroller of [page.closest("article"), window]) {
    scroller?.scrollBy(0, page.getBoundingClientRect().top - top);
  }
}

/**
 * Say something where screen readers hear it.
 * @param {HTMLElement} page
 * @param {string} text
 * @param {{wrong?: boolean, places?: Place[]}} [more]
 */
function say(page, text, { wrong = false, places = [] } = {}) {
  const said = /** @type {HTMLElement | null} */ (
    page.querySelector(".bulk .said") ?? page.querySelector(".said")
  );
  const status = said?.querySelector("[role=status]");
  if (!said || !status) {
    return;
  }
  said.classList.toggle("wrong", wrong);
  said.classList.toggle("done", !wrong);
  said.hidden = false;
  for (const part of said.querySelectorAll(".undo")) {
    /** @type {HTMLElement} */ (part).hidden = true;
  }
  status.replaceChildren(text);
  for (const { said: what, name, href } of places) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = name;
    status.append(what ? ` ${what} (` : " (", link, ")");
  }
}

/**
 * Copy the text of an element.
 * @param {HTMLElement} page
 * @param {string} id
 */
async function copy(page, id) {
  const text = document.getElementById(id)?.textContent ?? "";
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    // By plain http from another computer, browsers have this old way only.
    const area = document.createElement("textarea");
    area.value = text;
    page.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(page, page.dataset.copied ?? "");
}

/**
 * Print a letter or a statement: its own page, in a frame that nobody sees.
 * @param {string} href
 */
function printPaper(href) {
  const frame = document.createElement("iframe");
  frame.className = "printing";
  frame.src = href;
  frame.addEventListener("load", () => {
    frame.contentWindow?.addEventListener("afterprint", () => frame.remove());
    frame.contentWindow?.print();
  });
  document.body.append(frame);
}

// ---- What is written: forms, what they would write, and how to undo it ------------

/** @typedef {{file: string, line: number, parts: [string, boolean][]}} Passage */
/** @typedef {{error: string, place?: Written}} Refused */

/**
 * @typedef {object} Choice An invoice, or a reminder of one, to tick in a form.
 * @property {string} key
 * @property {string} label
 * @property {string} [customer]
 * @property {string} [sum]
 * @property {string} [note]
 * @property {string} [due]
 * @property {string} [step]
 */

/** What was written last, and can be undone. @type {Written[]} */
let undoable = [];
/** The form that was typed into last, and whether a preview of one is on its way. */
const preview = {
  /** @type {HTMLFormElement | null} */
  form: null,
  isAsked: false,
};
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
const PATIENCE = 200;

/**
 * Make a link to a line of a file, as Fava's editor opens it.
 * @param {HTMLElement} page
 * @param {Written} written
 * @param {string} [until] The last line, if there are several.
 * @returns {Place}
 */
function inEditor(page, { file, line, said = "" }, until = "") {
  return {
    said,
    name: `${file.split(/[\\/]/).pop()}:${line}${until}`,
    href: (page.dataset.editor ?? "")
      .replace("__slot__", () => encodeURIComponent(file))
      .replace("__line__", String(line)),
  };
}

/**
 * Ask for something with the page's date and fingerprint.
 * @param {HTMLElement} page
 * @param {string} way
 * @param {Record<string, unknown>} body
 * @returns {Promise<any>} The answer, with an `error` where it is refused.
 */
async function put(page, way, body) {
  const { asOf, fingerprint, below = "", failed = "" } = page.dataset;
  try {
    const answer = await fetch(below.replace("__below__", way), {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as_of: asOf, fingerprint, ...body }),
    });
    const said = await answer.json();
    return answer.ok ? said : { ...said, error: String(said.error) };
  } catch {
    return { error: failed };
  }
}

/**
 * Write into the ledger, and stay where one is: the page goes on from there.
 * @param {HTMLElement} page
 * @param {Record<string, unknown>} body
 * @param {string} [way] A note of the log, what a payment is for, or another way.
 * @returns {Promise<Refused | {written: Written[]}>}
 */
async function send(page, body, way = "log") {
  const said = await put(page, way, body);
  if (said.error === undefined) {
    page.dataset.fingerprint = said.fingerprint;
  }
  return said;
}

/**
 * Write into the ledger, and show the page anew.
 * @param {HTMLElement} page
 * @param {Record<string, unknown>} body
 * @param {string} [way]
 * @returns {Promise<string | null>} Why it was refused; null where it was written.
 */
async function write(page, body, way = "log") {
  const said = await send(page, body, way);
  if ("error" in said) {
    return said.error;
  }
  const { top } = page.getBoundingClientRect();
  news = { text: "", written: said.written, href: location.href, top };
  visit(location.href);
  return null;
}

/**
 * Say what was written, with a button to undo it.
 * @param {HTMLElement} page
 * @param {Written[]} written
 */
function confirmWritten(page, written) {
  const { written: one = "", writtenMany: many = "" } = page.dataset;
  const isFew = written.length <= 2;
  const places = isFew
    ? written.map((place) => inEditor(page, place))
    : [...new Set(written.map(({ file }) => file))].map((file) => {
        const lines = written.filter((one) => one.file === file).map(({ line }) => line);
        const [first, last] = [Math.min(...lines), Math.max(...lines)];
        const until = last > first ? ` to ${last}` : "";
        return inEditor(page, { file, line: first }, until);
      });
  say(page, isFew ? one : many.replace("{n}", String(written.length)), { places });
  undoable = written.every(({ fingerprint }) => fingerprint) ? written : [];
  for (const part of page.querySelectorAll(".said:not([hidden]) .undo")) {
    /** @type {HTMLElement} */ (part).hidden = !undoable.length;
  }
}

/**
 * Take out again what was written last.
 * @param {HTMLElement} page
 */
async function undo(page) {
  const said = await put(page, "undo", { written: undoable });
  undoable = [];
  if (said.error === undefined) {
    const { top } = page.getBoundingClientRect();
    const text = page.dataset.undone ?? "";
    news = { text, written: [], href: location.href, top, isUndone: true };
    visit(location.href);
  } else {
    const places = said.place ? [inEditor(page, said.place)] : [];
    say(page, said.error, { wrong: true, places });
  }
}

/**
 * Open the form for what a customer said about one of some invoices, for how reminders
 * went out, or for the invoice that a payment is for.
 * @param {HTMLElement} page
 * @param {DOMStringMap | Record<string, string>} about What to open, and what for.
 */
function openDialog(page, about) {
  const dialog = page.querySelector(`dialog[data-kind="${about.dialog}"]`);
  const form = dialog?.querySelector("form");
  if (!(dialog instanceof HTMLDialogElement) || !form) {
    return;
  }
  /** @type {Choice[]} */
  const items = JSON.parse(about.items ?? "[]");
  form.reset();
  dialog.querySelector("datalist")?.replaceChildren(
    ...items.map(({ key, label }) => new Option(label, key)),
  );
  const late = items.filter(({ due = "" }) => due && due < (page.dataset.asOf ?? ""));
  const isOne = dialog.dataset.first !== undefined;
  const ticked = isOne ? items.slice(0, 1) : late.length ? late : items;
  dialog.querySelector(".checks")?.replaceChildren(
    ...items.map((item) => choiceLine(item, ticked.includes(item))),
  );
  const whom = new Set(items.map(({ customer }) => customer));
  const [name] = whom.size === 1 ? whom : [];
  dialog.querySelector(".whom")?.replaceChildren(about.whom ?? name ?? "");
  for (const field of form.querySelectorAll("input[type=hidden]")) {
    const input = /** @type {HTMLInputElement} */ (field);
    input.value = about[input.name] ?? input.value;
  }
  showPassages(page, dialog, {});
  refuse(dialog, null);
  dialog.showModal();
  void refreshPreview(page, form);
}

/**
 * Make the line of a form for an invoice, or for a reminder.
 * @param {Choice} choice
 * @param {boolean} isTicked
 */
function choiceLine({ key, label, sum = "", note = "", step = "" }, isTicked) {
  const line = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.name = "items";
  box.value = key;
  box.defaultChecked = isTicked;
  box.dataset.step = step;
  const [name, amount, more] = [
    document.createElement("span"),
    document.createElement("span"),
    document.createElement("small"),
  ];
  name.textContent = label;
  amount.textContent = sum;
  amount.className = step ? "" : "n";
  more.textContent = note;
  line.append(box, name, amount, more);
  return line;
}

/**
 * Read what a form says, as it is sent.
 * @param {HTMLDialogElement} dialog
 * @param {HTMLFormElement} form
 * @returns {Record<string, unknown>}
 */
function bodyOf(dialog, form) {
  const fields = new FormData(form);
  const { items: _, invoice, remember, ...texts } = Object.fromEntries(fields);
  const { kind = "", way } = dialog.dataset;
  if (way === "assign") {
    return { ...texts, invoices: [invoice], remember: remember !== undefined };
  }
  if (kind === "log") {
    const boxes = [...form.querySelectorAll("input[name=items]:checked")];
    const reminders = Object.fromEntries(
      boxes.map((box) => [
        /** @type {HTMLInputElement} */ (box).value,
        /** @type {HTMLInputElement} */ (box).dataset.step,
      ]),
    );
    return { what: "sent", ...texts, reminders };
  }
  return { what: kind, ...texts, items: fields.getAll("items") };
}

/**
 * Say why something is refused, or nothing.
 * @param {HTMLDialogElement} dialog
 * @param {string | null} reason
 */
function refuse(dialog, reason) {
  const wrong = /** @type {HTMLElement | null} */ (dialog.querySelector(".wrong"));
  if (wrong) {
    wrong.textContent = reason;
    wrong.hidden = reason === null;
  }
}

/**
 * Show what a form would write, once nobody has typed for a moment.
 * @param {HTMLElement} page
 * @param {HTMLFormElement} form
 */
async function refreshPreview(page, form) {
  const button = form.querySelector("button[type=submit]");
  if (button instanceof HTMLButtonElement) {
    // What is required, a browser says; that something is to be ticked, it does not.
    button.disabled = !hasChoice(form);
  }
  preview.form = form;
  // In a large ledger each takes a second: one at a time, the latest after it.
  if (!preview.isAsked) {
    preview.isAsked = true;
    while (preview.form) {
      await showPreview(page, preview.form);
    }
    preview.isAsked = false;
  }
}

/**
 * Ask what a form would write, and show it unless something was typed meanwhile.
 * @param {HTMLElement} page
 * @param {HTMLFormElement} form
 */
async function showPreview(page, form) {
  preview.form = null;
  const dialog = form.closest("dialog");
  if (!dialog?.open) {
    return;
  }
  const isComplete = form.matches(":valid") && hasChoice(form);
  const body = { way: dialog.dataset.way, ...bodyOf(dialog, form) };
  const found = isComplete ? await put(page, "preview", body) : {};
  if (!preview.form) {
    showPassages(page, dialog, found);
  }
}

/**
 * Tell whether something is ticked in a form, where anything can be.
 * @param {HTMLFormElement} form
 */
const hasChoice = (form) =>
  !form.querySelector("input[name=items]") ||
  form.querySelector("input[name=items]:checked") !== null;

/**
 * Show the text that a form would write, what is new in it marked where not all is.
 * @param {HTMLElement} page
 * @param {HTMLDialogElement} dialog
 * @param {{shown?: Passage[], lines?: string[], refused?: string, error?: string}} found
 */
function showPassages(page, dialog, { shown = [], lines = [], refused, error }) {
  const [text, no] = /** @type {NodeListOf<HTMLElement>} */ (
    dialog.querySelectorAll(".shown, .refused")
  );
  if (!text || !no) {
    return;
  }
  text.hidden = !shown.length;
  no.textContent = refused ?? error ?? "";
  no.hidden = !no.textContent;
  const where = shown.map((one) => inEditor(page, one).name).join(", ");
  text.querySelector(".where")?.replaceChildren(where);
  text.querySelector("pre")?.replaceChildren(...shown.flatMap(passageNodes));
  const parts = lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  });
  text.querySelector(".lines-of-it")?.replaceChildren(...parts);
}

/**
 * @param {Passage} passage
 * @param {number} index
 * @returns {(string | Node)[]}
 */
function passageNodes({ parts }, index) {
  const isChange = parts.some(([, isNew]) => !isNew);
  const nodes = parts.map(([text, isNew]) => {
    if (!isChange || !isNew) {
      return text;
    }
    const added = document.createElement("ins");
    added.textContent = text;
    return added;
  });
  return index ? ["\n", ...nodes] : nodes;
}

/**
 * Write down what a form says; it stays open where that is refused.
 * @param {HTMLElement} page
 * @param {HTMLDialogElement} dialog
 * @param {HTMLFormElement} form
 */
async function submitDialog(page, dialog, form) {
  const button = form.querySelector("button[type=submit]");
  if (!(button instanceof HTMLButtonElement)) {
    return;
  }
  // Twice would be refused.
  button.disabled = true;
  const refused = await write(page, bodyOf(dialog, form), dialog.dataset.way);
  button.disabled = false;
  refuse(dialog, refused);
  if (refused === null) {
    dialog.close();
  }
}

/**
 * Follow what is typed into a form.
 * @param {HTMLElement} page
 * @param {HTMLFormElement} form
 * @param {Element} field
 */
function typed(page, form, field) {
  const dialog = form.closest("dialog");
  if (!(dialog instanceof HTMLDialogElement) || !dialog.dataset.kind) {
    return;
  }
  const plan = form.elements.namedItem("plan");
  if (plan instanceof HTMLInputElement && field.closest(".plan-parts")) {
    const [parts, every, from] = [...form.querySelectorAll(".plan-parts [data-part]")];
    const value = (/** @type {Element | undefined} */ one) =>
      /** @type {HTMLInputElement | undefined} */ (one)?.value ?? "";
    plan.value = `${value(parts)} x ${value(every)} from ${value(from)}`;
  }
  clearTimeout(waiting);
  waiting = setTimeout(() => void refreshPreview(page, form), PATIENCE);
}

/**
 * Take over a day that is offered beside a field.
 * @param {HTMLElement} page
 * @param {HTMLButtonElement} button
 */
function pickDay(page, button) {
  const field = button.form?.elements.namedItem(button.dataset.into ?? "");
  if (field instanceof HTMLInputElement && button.form) {
    field.value = button.dataset.day ?? "";
    typed(page, button.form, field);
  }
}

// ---- End of what is written ---------------------------------------------------------

/**
 * Put a part of the page in that was left out, when it comes into sight.
 * @param {HTMLAnchorElement} link
 */
function loadWhenSeen(link) {
  const part = link.closest("section");
  if (!part) {
    return;
  }
  const observer = new IntersectionObserver(async ([seen]) => {
    if (!seen?.isIntersecting) {
      return;
    }
    observer.disconnect();
    const address = new URL(link.href);
    address.searchParams.set("partial", "true");
    const answer = await fetch(address);
    const loaded = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = loaded.getElementById(part.id);
    if (answer.ok && found) {
      part.replaceWith(document.importNode(found, true));
    }
  });
  observer.observe(part);
}

/**
 * What a click on one of the page's buttons does.
 * @param {HTMLElement} page
 * @param {HTMLButtonElement} button
 */
async function press(page, button) {
  const asked = button.dataset;
  if (asked.copy !== undefined) {
    await copy(page, asked.copy);
  } else if (asked.dialog !== undefined) {
    openDialog(page, asked);
  } else if (asked.close !== undefined) {
    button.closest("dialog")?.close();
  } else if (asked.day !== undefined) {
    pickDay(page, button);
  } else if (asked.undo !== undefined) {
    await undo(page);
  } else if (asked.sent !== undefined || asked.assign !== undefined) {
    // Twice would be refused; the button says that it is at work.
    button.disabled = true;
    const refused =
      asked.sent === undefined
        ? await write(page, JSON.parse(asked.assign ?? ""), "assign")
        : await write(page, { what: "sent", reminders: JSON.parse(asked.sent) });
    if (refused !== null) {
      button.disabled = false;
      say(page, refused, { wrong: true });
    }
  }
}

/** @param {MouseEvent} event */
function onClick(event) {
  const page = pageElement();
  const target = event.target instanceof Element ? event.target : null;
  const button = target?.closest("button");
  if (page && button && page.contains(button)) {
    void press(page, button);
  }
  const paper = target?.closest("a[data-print]");
  if (page?.contains(paper ?? null) && paper instanceof HTMLAnchorElement) {
    event.preventDefault();
    printPaper(paper.href);
  }
}

/** @param {SubmitEvent} event */
function onSubmit(event) {
  const page = pageElement();
  const form = event.target;
  if (!page || !(form instanceof HTMLFormElement) || !page.contains(form)) {
    return;
  }
  event.preventDefault();
  const dialog = form.closest("dialog");
  if (dialog) {
    void submitDialog(page, dialog, form);
    return;
  }
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    if (value !== "") {
      address.searchParams.set(name, String(value));
    }
  }
  visit(address.href);
}

/** @param {Event} event */
function onInput({ target }) {
  const page = pageElement();
  const form = target instanceof Element ? target.closest("form") : null;
  if (page && form && target instanceof Element && page.contains(form)) {
    typed(page, form, target);
  }
}

/**
 * The page's shortcuts, which Fava shows among its own: what `data-key` says.
 * @param {KeyboardEvent} event
 */
function onKey(event) {
  const { target } = event;
  const isTyping =
    target instanceof HTMLElement &&
    (target.matches("input, select, textarea") || target.isContentEditable);
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const keys = `${lastKey} ${event.key}`;
  lastKey = event.key;
  const found = [...(pageElement()?.querySelectorAll("[data-key]") ?? [])].find(
    (element) => element instanceof HTMLElement && element.dataset.key === keys,
  );
  if (found instanceof HTMLElement) {
    event.preventDefault();
    found.focus();
    found.scrollIntoView({ block: "nearest" });
  }
}

/** @type {Extension} */
const dunning = {
  init() {
    document.addEventListener("click", onClick);
    document.addEventListener("submit", onSubmit);
    document.addEventListener("input", onInput);
    document.addEventListener("keydown", onKey);
  },
  onExtensionPageLoad() {
    const page = pageElement();
    if (!page) {
      return;
    }
    page.classList.add("with-script");
    if (news) {
      const { fingerprint } = page.dataset;
      news.fingerprint ??= fingerprint;
      // Fava's option auto-reload has the page loaded once more.
      if (news.fingerprint === fingerprint && news.href === location.href) {
        // Fava has just said that the file changed, and that one should load the page.
        document.querySelector(".notifications .warning:last-child")?.remove();
        if (news.isUndone) {
          say(page, news.text);
        } else {
          confirmWritten(page, news.written);
        }
        // Where one was, and the next task under the hand.
        scrollBack(page, news.top);
        document.getElementById("todo-title")?.focus({ preventScroll: true });
      } else {
        news = null;
      }
    }
    for (const link of page.querySelectorAll("a[data-load]")) {
      if (link instanceof HTMLAnchorElement) {
        loadWhenSeen(link);
      }
    }
  },
};
export default dunning;
