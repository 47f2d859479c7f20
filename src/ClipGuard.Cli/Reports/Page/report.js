"use strict";
const report = JSON.parse(document.getElementById("data").textContent);
const main = document.querySelector("main");
const menu = document.querySelector("nav ul");
const whole = new Intl.NumberFormat("en");
const svgSpace = "http://www.w3.org/2000/svg";

// Names and messages are other people's: never read as markup, and what would turn or hide text is shown as an escape.
function safe(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, c => c === "\n" ? c : "\\u" + c.codePointAt(0).toString(16).padStart(4, "0"));
}
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) made.append(child instanceof Node ? child : safe(child));
  return made;
}
function drawn(name, attributes, text) {
  const made = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = safe(text);
  return made;
}
function section(id, title, note, ...children) {
  const made = element("section", { id, "aria-labelledby": id + "-title" }, element("h2", { id: id + "-title" }, title),
    note ? element("p", { class: "note" }, note) : null, ...children);
  main.append(made);
  menu.append(element("li", null, element("a", { href: "#" + id }, title)));
  return made;
}

// A number as a person reads it: whole ones as they are, others to four digits; bytes and seconds with their units.
function shown(value, unit) {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (unit === "bytes") {
    let size = value, step = 0;
    const steps = ["B", "KiB", "MiB", "GiB", "TiB"];
    while (size >= 1024 && step < steps.length - 1) { size /= 1024; step++; }
    return (step === 0 ? whole.format(size) : Number(size.toPrecision(3)).toString()) + " " + steps[step];
  }
  const number = Number.isInteger(value) ? whole.format(value) : Math.abs(value) >= 1000 ? whole.format(Math.round(value)) : Number(value.toPrecision(4)).toString();
  return unit ? number + " " + unit : number;
}

const tones = new Map(report.verdicts.map(verdict => [verdict.name, verdict.tone]));
function withDot(name) {
  const tone = tones.get(name);
  return tone ? element("span", { class: "verdict" }, element("span", { class: "dot " + tone, "aria-hidden": "true" }), name) : safe(name);
}
function stack(parts) {
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  const bar = element("div", { class: "stack", role: "img", "aria-label": parts.map(part => part.name + " " + whole.format(part.count)).join(", ") });
  for (const part of parts) {
    if (part.count === 0) continue;
    const piece = element("span", { class: part.tone, title: `${part.name}: ${whole.format(part.count)}` });
    piece.style.flexGrow = part.count / total;
    bar.append(piece);
  }
  return bar;
}

function bars(histogram) {
  const width = 330, height = 150, left = 4, bottom = 22, top = 14;
  const most = Math.max(1, ...histogram.counts), step = (width - 2 * left) / histogram.counts.length;
  const label = `${histogram.title}: ${histogram.summary}`;
  const picture = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": safe(label) });
  histogram.counts.forEach((count, i) => {
    const tall = count === 0 ? 0 : Math.max(1.5, (height - bottom - top) * count / most);
    const bar = drawn("rect", { class: histogram.tone === "bad" ? "bar bad" : "bar", x: left + i * step + .5, y: height - bottom - tall, width: Math.max(1, step - 1.5), height: tall, rx: 1.5 });
    bar.append(drawn("title", {}, `${histogram.labels[i]}: ${whole.format(count)}`));
    picture.append(bar);
  });
  picture.append(drawn("line", { class: "axis", x1: left, x2: width - left, y1: height - bottom, y2: height - bottom }));
  const every = Math.ceil(histogram.ticks.length / 6);
  histogram.ticks.forEach((tick, i) => {
    if (i % every !== 0) return;
    const place = left + step * (histogram.centred ? i + .5 : i);
    picture.append(drawn("text", { x: place, y: height - 6, "text-anchor": i === 0 && !histogram.centred ? "start" : place > width - 20 ? "end" : "middle" }, tick));
  });
  picture.append(drawn("text", { x: width - left, y: 10, "text-anchor": "end" }, "most: " + whole.format(most)));
  return element("figure", { class: "histogram" }, element("h3", null, histogram.title), picture, element("figcaption", null, element("span", null, histogram.summary)));
}

function breakdown(one) {
  const parts = [["ok", "good"], ["bad", "bad"], ["unsettled", "warn"]].filter((part, i) => i < 2 || one.rows.some(row => row[3] > 0));
  const table = element("table", null, element("thead", null, element("tr", null, element("th", { scope: "col" }, one.name),
    ...parts.map(([name]) => element("th", { scope: "col", class: "number" }, name)))));
  const body = element("tbody");
  for (const [name, ...counts] of one.rows) {
    body.append(element("tr", null, element("td", { class: "name" }, name, stack(parts.map(([part, tone], i) => ({ name: part, count: counts[i], tone })))),
      ...parts.map((_, i) => element("td", { class: "number" }, counts[i] === 0 ? "–" : whole.format(counts[i])))));
  }
  table.append(body);
  return element("div", { class: "breakdown" }, table, one.note ? element("p", { class: "note" }, one.note) : null);
}

// Columns come packed: texts as the part that differs from the text before, choices as numbers into a list.
function unpack(column) {
  if (column.kind === "text") {
    let before = "";
    const texts = new Array(column.rest.length);
    for (let i = 0; i < texts.length; i++) texts[i] = before = before.slice(0, column.shared[i]) + column.rest[i];
    column.value = i => texts[i];
  } else if (column.kind === "sparse") {
    const texts = new Map(column.at.map((row, i) => [row, column.texts[i]]));
    column.value = i => texts.get(i) ?? "";
  } else if (column.kind === "choice") {
    column.value = i => column.names[column.index[i]];
  } else {
    if (column.steps) { let sum = 0; column.numbers = column.steps.map(step => sum += step); }
    column.value = i => column.numbers[i];
  }
}

class RowTable {
  constructor(table) {
    this.table = table;
    this.columns = table.columns.filter(column => column.kind !== "sparse" && !column.hidden);
    this.order = Array.from({ length: table.count }, (_, i) => i);
    this.page = 0;
    this.size = 50;
    this.words = "";
    this.chosen = new Map();
    for (const column of table.columns) unpack(column);
    this.name = table.columns.find(column => column.opens) ?? this.columns[0];
  }

  build() {
    const id = this.table.id;
    const search = element("input", { type: "search", oninput: () => { clearTimeout(this.soon); this.soon = setTimeout(() => { this.words = search.value; this.filter(); }, 120); } });
    const tools = element("div", { class: "tools" }, element("label", { class: "grow" }, "Search", search));
    for (const column of this.table.columns) {
      if (column.kind !== "choice" || column.names.length < 2 || column.names.length > 60) continue;
      const select = element("select", { onchange: () => { select.value === "" ? this.chosen.delete(column) : this.chosen.set(column, Number(select.value)); this.filter(); } },
        element("option", { value: "" }, "all"), ...column.names.map((name, i) => [name, i]).sort((a, b) => a[0] < b[0] ? -1 : 1).map(([name, i]) => element("option", { value: i }, name || "–")));
      tools.append(element("label", null, column.title, select));
    }
    this.heads = this.columns.map(column => element("th", { scope: "col", class: this.kindOf(column), "aria-sort": "none" },
      element("button", { type: "button", onclick: () => this.sort(column) }, column.title)));
    this.body = element("tbody");
    const size = element("select", { "aria-label": "Rows on a page", onchange: () => { this.size = Number(size.value); this.page = 0; this.draw(); } },
      ...[50, 200, 1000].map(n => element("option", { value: n }, n + " rows")));
    this.count = element("output", { "aria-live": "polite" });
    this.back = element("button", { type: "button", onclick: () => { this.page--; this.draw(); } }, "Previous");
    this.on = element("button", { type: "button", onclick: () => { this.page++; this.draw(); } }, "Next");
    const isShort = this.table.count <= 20;
    section(id, this.table.title, this.table.note, isShort ? null : tools,
      element("div", { class: "wide", role: "region", tabindex: "0", "aria-label": this.table.title },
        element("table", { class: "rows" }, element("thead", null, element("tr", null, ...this.heads)), this.body)),
      isShort ? null : element("div", { class: "pager" }, this.count, size, this.back, this.on));
    this.filter();
  }

  kindOf(column) {
    return (column.kind === "number" ? "number" : column.kind) + (column.less ? " less" : "");
  }

  sort(column) {
    this.up = this.sorted === column ? !this.up : column.kind !== "number" || column.ascending === true;
    this.sorted = column;
    this.heads.forEach((head, i) => head.setAttribute("aria-sort", this.columns[i] !== column ? "none" : this.up ? "ascending" : "descending"));
    this.filter();
  }

  filter() {
    const words = this.words.toLowerCase().split(/\s+/).filter(word => word !== "");
    if (words.length > 0 && !this.texts) {
      const searched = this.table.columns.filter(column => column.kind !== "number");
      this.texts = Array.from({ length: this.table.count }, (_, i) => searched.map(column => column.value(i) ?? "").join("\n").toLowerCase());
    }
    const chosen = [...this.chosen];
    this.order = [];
    for (let i = 0; i < this.table.count; i++) {
      if (chosen.every(([column, index]) => column.index[i] === index) && words.every(word => this.texts[i].includes(word))) this.order.push(i);
    }
    if (this.sorted) {
      const column = this.sorted, sign = this.up ? 1 : -1;
      const keys = Array.from({ length: this.table.count });
      for (const i of this.order) keys[i] = column.value(i);
      // Rows without a value come last, whichever way the others go; equal ones stay in the table's order.
      const absent = key => key === null || key === undefined || key === "";
      this.order.sort((a, b) => {
        const x = keys[a], y = keys[b];
        return absent(x) || absent(y) ? absent(x) - absent(y) || a - b : x < y ? -sign : x > y ? sign : a - b;
      });
    }
    this.page = 0;
    this.draw();
  }

  draw() {
    const pages = Math.max(1, Math.ceil(this.order.length / this.size));
    this.page = Math.min(this.page, pages - 1);
    const first = this.page * this.size, rows = this.order.slice(first, first + this.size);
    this.body.replaceChildren(...rows.map(i => this.row(i)));
    this.back.disabled = this.page === 0;
    this.on.disabled = this.page >= pages - 1;
    const all = this.order.length === this.table.count ? "" : ` (of ${whole.format(this.table.count)})`;
    this.count.textContent = rows.length === 0 ? "No row fits." : `Rows ${whole.format(first + 1)}–${whole.format(first + rows.length)} of ${whole.format(this.order.length)}${all}`;
  }

  row(i) {
    const made = element("tr");
    for (const column of this.columns) {
      const value = column.value(i);
      const cell = element("td", { class: this.kindOf(column) });
      if (column === this.name) {
        const button = element("button", { type: "button", class: "open", "aria-expanded": "false", onclick: () => this.toggle(i, made, button) }, value);
        cell.append(button);
      } else {
        cell.append(column.kind === "choice" ? withDot(value) : safe(shown(value, column.unit)));
      }
      made.append(cell);
    }
    return made;
  }

  toggle(i, row, button) {
    if (button.getAttribute("aria-expanded") === "true") {
      row.nextSibling.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    const list = element("dl");
    for (const column of this.table.columns) {
      const value = column.value(i);
      if (value !== "" && value !== null && value !== undefined) list.append(element("dt", null, column.title), element("dd", null, shown(value, column.unit)));
    }
    row.after(element("tr", { class: "details" }, element("td", { colspan: this.columns.length }, list)));
    button.setAttribute("aria-expanded", "true");
  }
}

function picture(one) {
  let shownPicture;
  if (one.image) shownPicture = element("img", { src: "data:image/png;base64," + one.image, alt: one.alt });
  else {
    const width = 330, height = 80, middle = height / 2, step = width / (one.wave.length / 2);
    shownPicture = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": safe(one.alt) });
    let path = "";
    for (let i = 0; i < one.wave.length; i += 2) {
      const x = (i / 2 * step).toFixed(1), up = middle - one.wave[i + 1] / 100 * middle, down = middle - one.wave[i] / 100 * middle;
      path += `M${x} ${(up - .4).toFixed(1)}h${(step * .8).toFixed(2)}V${(down + .4).toFixed(1)}h-${(step * .8).toFixed(2)}z`;
    }
    shownPicture.append(drawn("path", { class: "wave", d: path }));
    if (one.mark !== null && one.mark !== undefined) shownPicture.append(drawn("line", { class: "mark", x1: one.mark * width, x2: one.mark * width, y1: 0, y2: height }));
  }
  return element("figure", null, shownPicture, element("figcaption", null, one.title, element("span", null, one.caption)));
}

function build() {
  if (report.verdicts.length > 0) {
    section("verdicts", report.verdictTitle, null, stack(report.verdicts), element("ul", { class: "legend" }, ...report.verdicts.map(verdict =>
      element("li", null, element("span", { class: "dot " + verdict.tone, "aria-hidden": "true" }), element("span", null, verdict.name), element("b", null, whole.format(verdict.count))))));
  }
  if (report.breakdowns.length > 0) section("breakdowns", "Where they are", report.breakdownNote, element("div", { class: "grid" }, ...report.breakdowns.map(breakdown)));
  if (report.damage.length > 0) section("damage", "Where damage lies", report.damageNote, element("div", { class: "grid" }, ...report.damage.map(bars)));
  if (report.pictures.length > 0) section("pictures", "What is left of them", report.pictureNote, element("div", { class: "grid" }, ...report.pictures.map(picture)));
  for (const table of report.tables) new RowTable(table).build();
  if (report.histograms.length > 0) section("good", report.histogramTitle, report.histogramNote, element("div", { class: "grid" }, ...report.histograms.map(bars)));
  if (report.settings.length > 0) {
    section("settings", "Settings", null, element("div", { class: "wide", role: "region", tabindex: "0", "aria-label": "Settings" }, element("table", null, element("tbody", null, ...report.settings.map(([name, value]) =>
      element("tr", null, element("th", { scope: "row" }, name), element("td", null, value)))))));
  }
}
build();
document.documentElement.dataset.ready = "true";
