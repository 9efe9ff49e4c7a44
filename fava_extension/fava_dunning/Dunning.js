// @ts-check
/**
 * What the page does with script: copying, printing, small forms, and writing what was
 * sent or said into the ledger. All of its texts and addresses are in the page, which
 * reads without script, too.
 */

/** @import { Extension } from "./fava" */

/** @typedef {{file: string, line: number, text: string}} Written */

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
 * @property {Place[]} places
 * @property {string} href
 * @property {number} top
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
  const said = /** @type {HTMLElement | null} */ (page.querySelector(".said"));
  if (!said) {
    return;
  }
  said.classList.toggle("wrong", wrong);
  said.hidden = false;
  said.replaceChildren(text);
  for (const { said: what, name, href } of places) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = name;
    said.append(` ${what} (`, link, ")");
  }
}

/**
 * Make links to lines of files, as Fava's editor opens them.
 * @param {HTMLElement} page
 */
function inEditor(page) {
  const slot = page.dataset.editor ?? "";
  return (/** @type {Written} */ { file, line, text }) => ({
    said: text,
    name: `${file.split(/[\\/]/).pop()}:${line}`,
    href: slot
      .replace("__slot__", () => encodeURIComponent(file))
      .replace("__line__", String(line)),
  });
}

/**
 * Write into the ledger.
 * @param {HTMLElement} page
 * @param {Record<string, unknown>} body
 * @param {"log" | "assign"} [way] A note of the log, or what a payment is for.
 * @returns {Promise<string | null>} Why it was refused; null where it was written.
 */
async function write(page, body, way = "log") {
  const { asOf, fingerprint, failed = "", written = "" } = page.dataset;
  try {
    const answer = await fetch(page.dataset[way] ?? "", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as_of: asOf, fingerprint, ...body }),
    });
    const { error, written: places } = await answer.json();
    if (!answer.ok) {
      return String(error);
    }
    const { href } = location;
    const { top } = page.getBoundingClientRect();
    news = { text: written, places: places.map(inEditor(page)), href, top };
    visit(href);
    return null;
  } catch {
    return failed;
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

/**
 * Open the form for what a customer said about one of some invoices, or for the invoice
 * that a payment is for.
 * @param {HTMLElement} page
 * @param {DOMStringMap} asked
 */
function openDialog(page, asked) {
  const dialog = page.querySelector(`dialog[data-kind="${asked.dialog}"]`);
  const list = dialog?.querySelector("select, datalist");
  if (!(dialog instanceof HTMLDialogElement) || !list) {
    return;
  }
  /** @type {{key: string, label: string}[]} */
  const items = JSON.parse(asked.items ?? "[]");
  dialog.querySelector("form")?.reset();
  list.replaceChildren(...items.map(({ key, label }) => new Option(label, key)));
  const payment = dialog.querySelector("input[name=payment]");
  if (payment instanceof HTMLInputElement) {
    payment.value = asked.payment ?? "";
  }
  const wrong = /** @type {HTMLElement | null} */ (dialog.querySelector(".wrong"));
  if (wrong) {
    wrong.hidden = true;
  }
  forgetParts(dialog);
  dialog.showModal();
}

/**
 * Take away the parts of a plan: what is typed may make others.
 * @param {Element} dialog
 */
function forgetParts(dialog) {
  const button = /** @type {HTMLElement | null} */ (dialog.querySelector("[data-first]"));
  if (button) {
    dialog.querySelector(".parts")?.replaceChildren();
    button.textContent = button.dataset.first ?? "";
  }
}

/**
 * Show the parts that a plan makes, before it is written.
 * @param {HTMLElement} page
 * @param {HTMLDialogElement} dialog
 * @param {Record<string, FormDataEntryValue>} said
 * @returns {Promise<string | null>} What is wrong with it; null where it is shown.
 */
async function showParts(page, dialog, { item, plan }) {
  const address = new URL(page.dataset.plan ?? "", location.href);
  address.searchParams.set("item", String(item));
  address.searchParams.set("plan", String(plan));
  try {
    const answer = await fetch(address);
    const { error, parts } = await answer.json();
    if (!answer.ok) {
      return String(error);
    }
    const lines = parts.map((/** @type {string} */ text) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    });
    dialog.querySelector(".parts")?.replaceChildren(...lines);
    return null;
  } catch {
    return page.dataset.failed ?? "";
  }
}

/**
 * Write down what a form says; it stays open where that is refused.
 * @param {HTMLElement} page
 * @param {HTMLDialogElement} dialog
 * @param {HTMLFormElement} form
 */
async function submitDialog(page, dialog, form) {
  const said = Object.fromEntries(new FormData(form));
  const button = form.querySelector("button");
  if (button) {
    // Twice would be refused.
    button.disabled = true;
  }
  const { kind } = dialog.dataset;
  const { payment, invoice } = said;
  const isNew = kind === "plan" && !dialog.querySelector(".parts > *");
  const refused = isNew
    ? await showParts(page, dialog, said)
    : kind === "assign"
      ? await write(page, { payment, invoices: [invoice] }, kind)
      : await write(page, { what: kind, ...said });
  if (button) {
    button.disabled = false;
  }
  const wrong = /** @type {HTMLElement | null} */ (dialog.querySelector(".wrong"));
  if (wrong) {
    wrong.textContent = refused;
    wrong.hidden = refused === null;
  }
  if (refused === null && !isNew) {
    dialog.close();
  } else if (refused === null && button) {
    button.textContent = button.dataset.then ?? "";
  }
}

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
  const dialog = target instanceof Element ? target.closest(".dunning dialog") : null;
  if (dialog && !(target instanceof HTMLInputElement && target.name === "text")) {
    forgetParts(dialog);
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
        say(page, news.text, news);
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
