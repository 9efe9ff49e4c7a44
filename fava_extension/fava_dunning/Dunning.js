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
 * Find where something is said: in the action row if that is in sight, or else at the end
 * of the page, which always is.
 * @param {HTMLElement} page
 */
function placeToSay(page) {
  const { top = 0, bottom = 0 } = one(page, ".bulk")?.getBoundingClientRect() ?? {};
  const isInSight = bottom > 0 && top < window.innerHeight;
  return one(page, isInSight ? ".bulk .said" : ":scope > .said");
}

/**
 * Say something where screen readers hear it.
 * @param {HTMLElement} page
 * @param {string} text
 * @param {{wrong?: boolean, places?: Place[], canUndo?: boolean}} [more]
 */
function say(page, text, { wrong = false, places = [], canUndo = false } = {}) {
  const said = placeToSay(page);
  const status = one(said, "[role=status]");
  if (!said || !status) {
    return;
  }
  for (const other of all(page, ".said")) {
    other.hidden = true;
  }
  said.classList.toggle("wrong", wrong);
  said.classList.toggle("done", !wrong);
  said.hidden = false;
  for (const part of said.querySelectorAll(".undo")) {
    /** @type {HTMLElement} */ (part).hidden = !canUndo;
  }
  status.replaceChildren(text);
  for (const { said: what, name, href } of places) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = name;
    status.append(what ? ` ${what} (` : " (", link, ")");
  }
  // Where the list only begins, its action row is partly below the window's edge.
  said.scrollIntoView({ block: "nearest" });
}

/**
 * Copy a text.
 * @param {HTMLElement} page
 * @param {string} text
 */
async function copyText(page, text) {
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
        const until = last > first ? `-${last}` : "";
        return inEditor(page, { file, line: first }, until);
      });
  undoable = written.every(({ fingerprint }) => fingerprint) ? written : [];
  const text = isFew ? one : many.replace("{n}", String(written.length));
  say(page, text, { places, canUndo: undoable.length > 0 });
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

/*
 * The list of what is to do: its lines, what is done with those that are ticked, and its
 * keys, which work only while the focus is in it.
 */

/** @typedef {"email" | "letter" | "phone" | "message" | "log"} Act */

/** @type {Act[]} */
const ACTS = ["email", "letter", "phone", "message", "log"];

/** @typedef {{rows: HTMLElement[], at: number, count: number}} Walk */

/** @type {Walk | null} What is written, one after the other. */
let walk = null;

/** The line that a menu is open for. @type {HTMLElement | null} */
let menuLine = null;

/** What is inside of lines, as far as it was asked for, by their keys.
 * @type {Map<string, Promise<Element | null>>}
 */
const tasks = new Map();

/** The list; null where there is nothing to do. */
const theList = () =>
  /** @type {HTMLElement | null} */ (
    pageElement()?.querySelector("table.list:has([data-line])") ?? null
  );

/**
 * Elements of a kind in another one.
 * @param {ParentNode | null | undefined} within
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
const all = (within, selector) => [...(within?.querySelectorAll(selector) ?? [])].filter(
  (one) => one instanceof HTMLElement,
);

/**
 * @param {ParentNode | null | undefined} within
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
const one = (within, selector) => all(within, selector)[0] ?? null;

/** @param {HTMLElement} list */
const lines = (list) => all(list, "tr.who:not(.sent, [hidden])");

/** @param {HTMLElement} line */
const tick = (line) => /** @type {HTMLInputElement} */ (one(line, ".tick input"));

/** @param {HTMLElement} list */
const ticked = (list) => lines(list).filter((line) => tick(line).checked);

/**
 * The ticked lines that something can be done with.
 * @param {HTMLElement} list
 * @param {Act} act
 */
const linesFor = (list, act) =>
  ticked(list).filter((line) =>
    act === "log" ? line.dataset.sent : line.dataset.way === act,
  );

/** @param {HTMLElement} line Whether its mail was opened, its letter printed. */
const isDone = (line) => line.dataset.done !== undefined;

/**
 * Add up amounts, exactly.
 * @param {string[]} amounts
 */
function addUp(amounts) {
  const digits = Math.max(...amounts.map((one) => one.split(".")[1]?.length ?? 0));
  const sum = amounts.reduce((total, one) => {
    const [whole = "", part = ""] = one.split(".");
    return total + BigInt(whole + part.padEnd(digits, "0"));
  }, 0n);
  const text = String(sum).padStart(digits + 1, "0");
  return { whole: text.slice(0, text.length - digits), part: text.slice(-digits || text.length) };
}

/**
 * Write what lines ask for together, as the page writes amounts; nothing where these are
 * hidden.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} some
 */
function sums(list, some) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const line of some) {
    for (const [currency, amount] of Object.entries(JSON.parse(line.dataset.sums ?? "{}"))) {
      found.set(currency, [...(found.get(currency) ?? []), amount]);
    }
  }
  const locale = list.dataset.locale?.replace("_", "-");
  const format = new Intl.NumberFormat(locale || "en", { useGrouping: Boolean(locale) });
  const point = locale
    ? format.formatToParts(1.5).find(({ type }) => type === "decimal")?.value
    : ".";
  return [...found].map(([currency, amounts]) => {
    const { whole, part } = addUp(amounts);
    const digits = amounts.some((one) => one.includes(".")) ? `${point}${part}` : "";
    return `${format.format(BigInt(whole))}${digits} ${currency}`;
  });
}

/**
 * Say how many lines are ticked, and offer what can be done with them. The first of it
 * that was not done is the blue one.
 * @param {HTMLElement} list
 */
function count(list) {
  const bulk = one(pageElement(), ".bulk");
  const [rows, some] = [lines(list), ticked(list)];
  const said = one(bulk, ".what");
  if (said) {
    const text = (some.length ? said.dataset.some : said.dataset.none) ?? "";
    const strong = document.createElement("b");
    strong.textContent = text
      .replace("{n}", String(some.length))
      .replace("{count}", String(rows.length));
    const sum = document.createElement("span");
    sum.className = "n";
    sum.textContent = sums(list, some).join(" + ");
    said.replaceChildren(strong, " ", sum);
  }
  for (const button of all(bulk, "[data-act]")) {
    const found = linesFor(list, /** @type {Act} */ (button.dataset.act));
    const left = found.filter((line) => !isDone(line));
    const number = button.dataset.act === "log" ? found.length : left.length || found.length;
    const text = number === 1 ? button.dataset.one : button.dataset.many;
    button.hidden = !number;
    button.textContent = (text ?? "").replace("{n}", String(number));
  }
  const next = nextAct(list);
  for (const button of all(bulk, "[data-act]")) {
    button.classList.toggle("muted", button !== next);
  }
  const how = one(bulk, ".how");
  if (how) {
    how.hidden = !linesFor(list, "log").length;
  }
  const every = one(list, "[data-all]");
  if (every instanceof HTMLInputElement) {
    every.checked = some.length > 0 && some.length === rows.length;
    every.indeterminate = some.length > 0 && !every.checked;
  }
}

/**
 * The button of the action row that has something to do next.
 * @param {HTMLElement} list
 */
function nextAct(list) {
  const bulk = one(pageElement(), ".bulk");
  const act = ACTS.find((kind) => {
    const found = linesFor(list, kind);
    return kind === "log" ? found.length : found.some((line) => !isDone(line));
  });
  return act ? one(bulk, `[data-act="${act}"]`) : null;
}

/** @param {HTMLElement} list */
function focusNext(list) {
  (nextAct(list) ?? one(pageElement(), "#todo-title"))?.focus();
}

/**
 * Make a line the current one: its controls alone are stops of the tab key.
 * @param {HTMLElement} list
 * @param {HTMLElement} line
 */
function setCurrent(list, line) {
  for (const row of all(list, "tr.who")) {
    for (const control of all(row, "a, button, input")) {
      control.tabIndex = row === line ? 0 : -1;
    }
    row.toggleAttribute("data-current", row === line);
  }
}

/** @param {HTMLElement} list */
const currentLine = (list) =>
  one(list, "tr.who[data-current]:not([hidden])") ?? lines(list)[0] ?? null;

/**
 * What is inside of a line, which the page does not have until it is asked for.
 * @param {HTMLElement} line
 * @returns {Promise<Element | null>}
 */
function taskOf(line) {
  const key = line.dataset.line ?? "";
  const slot = theList()?.dataset.task ?? "";
  const asked = async () => {
    const address = new URL(slot.replace("__line__", encodeURIComponent(key)), location.href);
    address.searchParams.set("partial", "true");
    const answer = await fetch(address);
    const loaded = new DOMParser().parseFromString(await answer.text(), "text/html");
    return answer.ok ? loaded.querySelector(".two") : null;
  };
  const found = tasks.get(key) ?? asked();
  tasks.set(key, found);
  return found;
}

/**
 * Open a line, or close it.
 * @param {HTMLElement} line
 */
async function toggle(line) {
  const inside = one(document, `[id="inside-${line.dataset.line}"]`);
  const cell = inside?.querySelector("td");
  const opener = one(line, ".open");
  if (!inside || !cell || !opener) {
    return;
  }
  const isOpen = opener.getAttribute("aria-expanded") === "true";
  opener.setAttribute("aria-expanded", String(!isOpen));
  if (!isOpen && !cell.firstElementChild) {
    const task = await taskOf(line);
    if (task) {
      cell.replaceChildren(document.importNode(task, true));
    } else {
      say(/** @type {HTMLElement} */ (pageElement()), pageElement()?.dataset.failed ?? "", { wrong: true });
    }
  }
  inside.hidden = opener.getAttribute("aria-expanded") !== "true";
}

/**
 * Note that a line's step was done, as far as the page can know.
 * @param {HTMLElement} line
 */
function setDone(line) {
  line.dataset.done = "";
  const list = theList();
  if (list) {
    count(list);
  }
}

/**
 * Go through lines, one after the other: to write mails, messages, or to call.
 * @param {HTMLElement[]} rows
 */
function startWalk(rows) {
  if (rows.length) {
    walk = { rows, at: 0, count: rows.length };
    void showStep();
  }
}

/** Show the line that it is the turn of; close where none is left. */
async function showStep() {
  const dialog = one(pageElement(), "[data-walk]");
  if (!(dialog instanceof HTMLDialogElement) || !walk) {
    return;
  }
  const { rows, at, count: total } = walk;
  const line = rows[at];
  if (!line) {
    dialog.close();
    return;
  }
  const customer = line.querySelector(".lead a:last-child")?.textContent ?? "";
  const title = one(dialog, "h3");
  if (title) {
    title.textContent = (dialog.dataset.title ?? "")
      .replace("{number}", String(at + 1))
      .replace("{count}", String(total))
      .replace("{customer}", () => customer);
  }
  const about = one(dialog, ".about");
  if (about) {
    about.textContent = [".step", ".at-right", ".sum-cell"]
      .map((part) => one(line, part)?.innerText.trim())
      .join(", ");
  }
  const open = one(dialog, '[data-step="open"]');
  if (open) {
    open.textContent = open.dataset[line.dataset.way ?? ""] ?? "";
  }
  if (!dialog.open) {
    dialog.showModal();
  }
  const task = await taskOf(line);
  if (walk?.rows[walk.at] !== line) {
    return;
  }
  showLetter(dialog, task);
  const coming = rows[at + 1];
  if (coming) {
    void taskOf(coming);
  }
}

/**
 * Put a line's letter into the dialog, and the focus on what comes next.
 * @param {HTMLDialogElement} dialog
 * @param {Element | null} task
 */
function showLetter(dialog, task) {
  const shown = task?.querySelector(":scope > div:last-child");
  const copied = shown ? document.importNode(shown, true) : null;
  copied?.querySelector(".paper")?.removeAttribute("id");
  one(dialog, ".sheet-of")?.replaceChildren(...(copied ? [copied] : []));
  const [open, copy, skip] = ["open", "copy", "skip"].map((step) =>
    one(dialog, `[data-step="${step}"]`),
  );
  if (open && copy) {
    open.hidden = !task?.querySelector("[data-letter]");
    copy.hidden = !copied?.querySelector(".paper");
    (open.hidden ? skip : open)?.focus();
  }
}

/**
 * Carry out what a button of the dialog says, for the line that it shows.
 * @param {string} step
 */
async function walkOn(step) {
  const line = walk?.rows[walk.at];
  const page = pageElement();
  if (!walk || !line || !page) {
    return;
  }
  const task = await taskOf(line);
  if (walk?.rows[walk.at] !== line) {
    // Another key was quicker than the letter.
    return;
  }
  if (step === "copy") {
    await copyText(page, task?.querySelector(".paper")?.textContent ?? "");
    return;
  }
  const link = task?.querySelector("[data-letter]");
  if (step === "open" && link instanceof HTMLAnchorElement) {
    visit(link.href);
    setDone(line);
  }
  walk.at += 1;
  await showStep();
}

/**
 * Print the letters of lines: all at once, or where they have pages of their own, one
 * after the other.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows
 */
async function printLetters(list, rows) {
  const address = new URL(list.dataset.letters ?? "", location.href);
  for (const { dataset } of rows) {
    address.searchParams.append("key", dataset.line ?? "");
  }
  const answer = await fetch(address);
  if (answer.ok) {
    printPaper(address.href);
  } else if (answer.status === 409) {
    for (const line of rows) {
      printPaper(/** @type {HTMLAnchorElement} */ (one(line, "[data-print]")).href);
    }
  } else {
    const page = pageElement();
    page && say(page, await answer.text(), { wrong: true });
    return;
  }
  rows.forEach(setDone);
  focusNext(list);
}

/**
 * Log lines as sent, each its own way; they stay where they are, faint.
 * @param {HTMLElement} page
 * @param {HTMLElement} list
 * @param {HTMLElement} button
 */
async function logTicked(page, list, button) {
  const rows = linesFor(list, "log");
  const sent = rows.map((line) => JSON.parse(line.dataset.sent ?? "{}"));
  if (!(button instanceof HTMLButtonElement) || button.disabled || !rows.length) {
    return;
  }
  // Twice would be refused.
  button.disabled = true;
  const answer = await send(page, { what: "sent", reminders: Object.assign({}, ...sent) });
  button.disabled = false;
  if ("error" in answer) {
    say(page, answer.error, { wrong: true });
    return;
  }
  for (const line of rows) {
    setSent(list, line);
  }
  count(list);
  confirmWritten(page, answer.written);
  focusNext(list);
}

/**
 * Leave a line that was logged where it is, faint, until the next visit.
 * @param {HTMLElement} list
 * @param {HTMLElement} line
 */
function setSent(list, line) {
  const { done = "" } = list.dataset;
  const said = document.createElement("span");
  said.className = "good";
  said.textContent = done.replace("{step}", () => line.dataset.step ?? "");
  one(line, ".do")?.replaceChildren(said);
  line.classList.add("sent");
  Object.assign(tick(line), { checked: false, disabled: true });
  one(line, '.open[aria-expanded="true"]')?.click();
}

/**
 * Do with the ticked lines what a button of the action row says.
 * @param {HTMLElement} list
 * @param {HTMLElement} button
 */
function act(list, button) {
  const page = pageElement();
  const kind = /** @type {Act} */ (button.dataset.act);
  const found = linesFor(list, kind);
  const left = found.filter((line) => !isDone(line));
  const rows = left.length ? left : found;
  if (kind === "log") {
    page && void logTicked(page, list, button);
  } else if (kind === "letter") {
    void printLetters(list, rows);
  } else {
    startWalk(rows);
  }
}

/**
 * Give a button that opens a dialog what it is to be about: its line, or what is ticked.
 * @param {HTMLElement} list
 * @param {HTMLElement} button
 */
function aim(list, button) {
  const line = button.closest(".menu") ? menuLine : button.closest("tr.who");
  const isOfLine = line instanceof HTMLElement;
  if (isOfLine || button.closest(".bulk")) {
    const rows = isOfLine ? [line] : linesFor(list, "log");
    const items = rows.flatMap(({ dataset }) => {
      /** @type {Choice[]} */
      const own = JSON.parse(dataset.items ?? "[]");
      /** @type {Record<string, string>} */
      const sent = JSON.parse(dataset.sent ?? "{}");
      return button.dataset.dialog !== "log"
        ? own
        : own.map(({ key, label, customer = "" }) => {
            const step = sent[key] ?? "";
            return { key, step, label: customer, customer, sum: step, note: label };
          });
    });
    button.dataset.items = JSON.stringify(items);
  }
}

/**
 * Show what else can be done with a line, or hide it.
 * @param {HTMLElement | null} button
 */
function showMenu(button) {
  const menu = one(pageElement(), ".menu");
  if (!menu) {
    return;
  }
  const line = button?.closest("tr.who") ?? null;
  menu.hidden = !button || (!menu.hidden && menuLine === line);
  menuLine = line instanceof HTMLElement ? line : null;
  if (button && !menu.hidden) {
    const [place, frame] = [button, menu.offsetParent ?? document.body].map((element) =>
      element.getBoundingClientRect(),
    );
    if (place && frame) {
      const scrolled = menu.offsetParent?.scrollTop ?? 0;
      menu.style.left = `${place.right - frame.left - menu.offsetWidth}px`;
      menu.style.top = `${place.bottom - frame.top + scrolled}px`;
    }
    one(menu, "button")?.focus();
  }
}

/** @param {MouseEvent} event */
function onListClick(event) {
  const list = theList();
  const target = event.target instanceof Element ? event.target : null;
  const pressed = target?.closest("a, button");
  if (!list || !(pressed instanceof HTMLElement) || !pageElement()?.contains(pressed)) {
    return;
  }
  const line = pressed.closest("tr.who");
  if (line instanceof HTMLElement && pressed.matches(".open, [data-write]")) {
    event.preventDefault();
    void (pressed.matches(".open") ? toggle(line) : startWalk([line]));
  } else if (line instanceof HTMLElement && pressed.matches(".do > a")) {
    setDone(line);
  }
  if (pressed.dataset.step !== undefined) {
    void walkOn(pressed.dataset.step);
  } else if (pressed.dataset.act !== undefined) {
    act(list, pressed);
  } else if (pressed.dataset.dialog !== undefined) {
    aim(list, pressed);
  }
  showMenu(pressed.dataset.menu === undefined ? null : pressed);
}

/** @param {Event} event */
function onListChange({ target }) {
  const list = theList();
  if (list && target instanceof HTMLInputElement && list.contains(target)) {
    if (target.dataset.all !== undefined) {
      tickAll(list, target.checked);
    }
    count(list);
  }
}

/**
 * @param {HTMLElement} list
 * @param {boolean} isTicked
 */
function tickAll(list, isTicked) {
  for (const line of lines(list)) {
    tick(line).checked = isTicked;
  }
  count(list);
}

/**
 * Go to another line.
 * @param {HTMLElement} list
 * @param {HTMLElement} line
 * @param {number} by
 */
function step(list, line, by) {
  const rows = all(list, "tr.who:not([hidden])");
  const next = rows[rows.indexOf(line) + by];
  if (next) {
    setCurrent(list, next);
    (one(next, ".tick input:not([disabled])") ?? one(next, ".lead a"))?.focus();
  }
}

/**
 * What the list's keys do.
 * @type {Record<string, (list: HTMLElement, line: HTMLElement) => void>}
 */
const LIST_KEYS = {
  ArrowDown: (list, line) => step(list, line, 1),
  ArrowUp: (list, line) => step(list, line, -1),
  a: (list) => tickAll(list, ticked(list).length < lines(list).length),
  Enter: (_, line) => void toggle(line),
  p: (_, line) => one(line, '[data-dialog="promise"]')?.click(),
  w: () =>
    all(pageElement(), ".bulk [data-act]:not([hidden])")
      .find(({ dataset }) => dataset.act !== "log")
      ?.click(),
  l: () => one(pageElement(), '.bulk [data-act="log"]:not([hidden])')?.click(),
  u: () => one(pageElement(), ".said:not([hidden]) [data-undo]")?.click(),
  Escape: (_, line) => one(line, '.open[aria-expanded="true"]')?.click(),
};

/** @param {KeyboardEvent} event */
function onListKey(event) {
  const { target, key } = event;
  const list = theList();
  if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (target.closest("[data-walk]") && key === "s") {
    void walkOn("skip");
  } else if (target.closest(".menu") && key === "Escape") {
    const button = one(menuLine, "[data-menu]");
    showMenu(null);
    button?.focus();
  } else if (list?.contains(target)) {
    const line = target.closest("tr.who");
    const isPressed = key === "Enter" && !target.matches("input");
    const run = isPressed || target.closest("thead") ? undefined : LIST_KEYS[key];
    if (run && line instanceof HTMLElement) {
      event.preventDefault();
      // Fava's keys begin with some of the same letters.
      event.stopPropagation();
      run(list, line);
    }
  }
}

/** @param {FocusEvent} event */
function onListFocus({ target }) {
  const list = theList();
  const line = target instanceof Element ? target.closest("tr.who") : null;
  if (list && line instanceof HTMLElement && list.contains(line)) {
    setCurrent(list, line);
  }
}

/**
 * Set up the list when the page is there.
 * @param {HTMLElement} page
 */
function setUpList(page) {
  tasks.clear();
  walk = null;
  const list = theList();
  const line = list && currentLine(list);
  if (list && line) {
    setCurrent(list, line);
    count(list);
  }
  const dialog = one(page, "[data-walk]");
  dialog?.addEventListener("close", () => {
    walk = null;
    if (list?.isConnected) {
      count(list);
      focusNext(list);
    }
  });
}

/*
 * Finding: rows that are not looked for are hidden at once. What the page shows in part
 * only, and how many there are, then comes from the server.
 */

const FIND_DELAY = 150;
/** The parts that are narrowed, each a section by its id. */
const NARROWED = ["chosen", "todo", "payments", "decide", "customers", "invoices"];
let findTimer = 0;
/** @type {AbortController | null} */
let finding = null;

/**
 * Hide the rows that do not have a text.
 * @param {HTMLElement} page
 * @param {string} text
 */
function narrow(page, text) {
  const sought = text.toLowerCase();
  for (const row of all(page, "[data-text]")) {
    row.hidden = !row.dataset.text?.toLowerCase().includes(sought);
    const inside = row.nextElementSibling;
    if (inside instanceof HTMLElement && inside.matches(".inside")) {
      inside.hidden = row.hidden || !one(row, "[aria-expanded=true]");
    }
  }
  // These are sums of what was shown before.
  for (const row of all(page, "#customers :is(.sum, .pending)")) {
    row.hidden = true;
  }
  for (const id of NARROWED) {
    tellShown(page, id, text !== "");
  }
  const list = theList();
  if (list) {
    count(list);
  }
}

/**
 * Say how many rows of a section are shown, if it has all of them.
 * @param {HTMLElement} page
 * @param {string} id
 * @param {boolean} isNarrowed
 */
function tellShown(page, id, isNarrowed) {
  const section = one(page, `#${id}`);
  const told = one(section, "[data-shown]");
  if (!told || !hasAll(section)) {
    return;
  }
  const rows = all(one(section, "table"), "[data-text]");
  told.textContent = (page.dataset.soMany ?? "")
    .replace("{shown}", String(rows.filter((row) => !row.hidden).length))
    .replace("{count}", String(rows.length));
  told.hidden = !isNarrowed;
}

/**
 * Whether a section has all its rows, and not those of a part of its table.
 * @param {HTMLElement | null} section
 */
function hasAll(section) {
  const count_ = one(section, "[data-shown]")?.dataset.all;
  return String(all(one(section, "table"), "[data-text]").length) === count_;
}

/**
 * Ask for the parts of the page that have a text, and put them in. The address follows.
 * @param {HTMLElement} page
 * @param {string} text
 */
async function find(page, text) {
  finding?.abort();
  finding = new AbortController();
  const state = withFind(location.href, text);
  const address = new URL(state);
  address.searchParams.set("part", "lists");
  address.searchParams.set("partial", "true");
  let loaded;
  try {
    const answer = await fetch(address, { signal: finding.signal });
    if (!answer.ok) {
      return;
    }
    loaded = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    // Another text was typed meanwhile; or Fava is gone, and what is hidden stays so.
    return;
  }
  if (page !== pageElement()) {
    return;
  }
  history.replaceState(history.state, "", state);
  for (const id of NARROWED) {
    const [part, found] = [one(page, `#${id}`), loaded.getElementById(id)];
    // Ticks, and what was opened, stay where nothing is missing.
    if (part && found && !(id === "todo" && hasAll(part))) {
      part.replaceWith(document.importNode(found, true));
    }
  }
  keepFind(page, text);
  setUpList(page);
}

/**
 * An address of the page, with another text to find.
 * @param {string} href
 * @param {string} text
 */
function withFind(href, text) {
  const address = new URL(href, location.href);
  for (const name of [...address.searchParams.keys()]) {
    if (name === "find" || name === "open" || name.endsWith("-page")) {
      address.searchParams.delete(name);
    }
  }
  if (text) {
    address.searchParams.set("find", text);
  }
  return address.href;
}

/**
 * Have the links and forms around what was put in ask for the text, too.
 * @param {HTMLElement} page
 * @param {string} text
 */
function keepFind(page, text) {
  for (const link of all(page, ".legend a, .bar a, .modes a, #todo thead a")) {
    if (link instanceof HTMLAnchorElement) {
      link.href = withFind(link.href, text);
    }
  }
  for (const form of all(page, ".top form:not(.finding)")) {
    const field = one(form, "[name=find]") ?? document.createElement("input");
    Object.assign(field, { type: "hidden", name: "find", value: text });
    form.append(field);
  }
}

/** @param {Event} event */
function onFind({ target }) {
  const page = pageElement();
  if (!page || !(target instanceof HTMLInputElement) || !target.matches("[data-find]")) {
    return;
  }
  const text = target.value.trim();
  narrow(page, text);
  clearTimeout(findTimer);
  findTimer = setTimeout(() => void find(page, text), FIND_DELAY);
}

/**
 * Show what is chosen from a list at once.
 * @param {Event} event
 */
function onChoice({ target }) {
  if (target instanceof HTMLSelectElement && target.matches("form[data-changes] select")) {
    target.form?.requestSubmit();
  }
}

/*
 * What a click, a key, a form does.
 */

/**
 * What a click on one of the page's buttons does.
 * @param {HTMLElement} page
 * @param {HTMLButtonElement} button
 */
async function press(page, button) {
  const asked = button.dataset;
  const order = orderOf(asked);
  if (asked.copy !== undefined) {
    await copyText(page, document.getElementById(asked.copy)?.textContent ?? "");
  } else if (asked.dialog !== undefined) {
    openDialog(page, asked);
  } else if (asked.close !== undefined) {
    button.closest("dialog")?.close();
  } else if (asked.day !== undefined) {
    pickDay(page, button);
  } else if (asked.undo !== undefined) {
    await undo(page);
  } else if (order) {
    // Twice would be refused; the button says that it is at work.
    button.disabled = true;
    const refused = await write(page, order.body, order.way);
    if (refused !== null) {
      button.disabled = false;
      say(page, refused, { wrong: true });
    }
  }
}

/**
 * What a button writes at once, without a dialog; null where it does something else.
 * @param {DOMStringMap} asked
 */
function orderOf({ sent, assign, declare }) {
  if (sent !== undefined) {
    return { way: "log", body: { what: "sent", reminders: JSON.parse(sent) } };
  }
  if (assign !== undefined) {
    return { way: "assign", body: JSON.parse(assign) };
  }
  return declare === undefined ? null : { way: "declare", body: {} };
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
  const { day } = form.dataset;
  for (const [name, value] of new FormData(form)) {
    // The day that it is needs no filter.
    if (value !== "" && !(name === "time" && value === day)) {
      address.searchParams.set(name, String(value));
    }
  }
  // A field loses the focus when the page is replaced: that is no second choice.
  for (const field of all(form, "[name=time]")) {
    if (field instanceof HTMLInputElement) {
      field.defaultValue = field.value;
    }
  }
  visit(address.href);
}

let isTypingDay = false;

/**
 * Show another day as soon as it is chosen, but while one types only when that is done.
 * @param {Event} event
 */
function onDay({ type, target }) {
  if (!(target instanceof HTMLInputElement) || !target.matches(".top [name=time]")) {
    return;
  }
  if (type === "keydown") {
    isTypingDay = true;
  } else if (type === "focusout" || !isTypingDay) {
    isTypingDay = false;
    if (target.value !== target.defaultValue && target.checkValidity()) {
      target.form?.requestSubmit();
    }
  }
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
    const list = theList();
    const line = list && found.id === "todo-title" ? currentLine(list) : null;
    (line ? tick(line) : found).focus();
    found.scrollIntoView({ block: "nearest" });
  }
}

/** @type {Extension} */
const dunning = {
  init() {
    // Before Fava follows a link.
    document.addEventListener("click", onListClick, { capture: true });
    document.addEventListener("change", onListChange);
    document.addEventListener("focusin", onListFocus);
    document.addEventListener("keydown", onListKey, { capture: true });
    document.addEventListener("change", onDay);
    document.addEventListener("keydown", onDay);
    document.addEventListener("focusout", onDay);
    document.addEventListener("click", onClick);
    document.addEventListener("submit", onSubmit);
    document.addEventListener("input", onInput);
    document.addEventListener("input", onFind);
    document.addEventListener("change", onChoice);
    document.addEventListener("keydown", onKey);
  },
  onExtensionPageLoad() {
    const page = pageElement();
    if (!page) {
      return;
    }
    page.classList.add("with-script");
    setUpList(page);
    if (news) {
      const { fingerprint } = page.dataset;
      news.fingerprint ??= fingerprint;
      // Fava's option auto-reload has the page loaded once more.
      if (news.fingerprint === fingerprint && news.href === location.href) {
        // Fava has just said that the file changed, and that one should load the page.
        document.querySelector(".notifications .warning:last-child")?.remove();
        // Where one was, and the next task under the hand.
        scrollBack(page, news.top);
        if (news.isUndone) {
          say(page, news.text);
        } else {
          confirmWritten(page, news.written);
        }
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
