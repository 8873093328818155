// Draws the charts, follows light and dark, and answers "which rows are behind this bar?".
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("behind-data").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const years = {};

  const text = (tag, content, className) => {
    const node = document.createElement(tag);
    node.textContent = content;
    if (className) node.className = className;
    return node;
  };

  const format = (value) => value.toLocaleString("en", { maximumFractionDigits: 3 });

  function source(id) {
    const known = data.sources[id];
    const node = document.createElement("span");
    if (!known) { node.textContent = id; return node; }
    const [publisher, title, address] = known;
    node.append(`${publisher}: `);
    if (/^https?:/.test(address)) {
      const link = text("a", title || address);
      link.href = address;
      link.rel = "noopener noreferrer";
      node.append(link);
    } else {
      node.append(title);
    }
    return node;
  }

  function rows(records) {
    const details = document.createElement("details");
    details.append(text("summary", `${records.length} row${records.length > 1 ? "s" : ""}`));
    const list = document.createElement("ul");
    for (const record of records) {
      const row = data.rows[record];
      if (!row) continue;
      const [said, date, from, via] = row;
      const item = document.createElement("li");
      item.append(text("code", record), ` ${said}, ${date}. `, source(from));
      if (via) item.append(" via ", source(via));
      list.append(item);
    }
    details.append(list);
    return details;
  }

  function show(figure, datum) {
    const found = data.figures[figure].marks[datum.key];
    if (!found || !found[2].length) return;
    const [title, unit, parts] = found;
    const panel = document.getElementById(`behind-${figure}`);
    const sum = (side) => parts.reduce((total, [, value, below]) => total + (below === side ? value : 0), 0);
    const below = sum(true);
    // What is divided to a percentage is kept a hundredfold; it is told in its own unit.
    const hundred = below && unit === "%" ? 100 : 1;
    const list = document.createElement("ul");
    for (const [index, value, divides] of parts) {
      const [label, records] = data.figures[figure].items[index];
      const item = document.createElement("li");
      item.append(text("span", divides ? "÷ " + format(value) : format(value / hundred), "amount"), label, rows(records));
      list.append(item);
    }
    const total = format(below ? sum(false) / below : sum(false));
    const count = `${parts.length} part${parts.length > 1 ? "s" : ""}`;
    panel.replaceChildren(text("h3", title), text("p", `${total} ${unit} from ${count}`, "muted"), list);
    panel.hidden = false;
    panel.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  function slider(chart, id, view) {
    if (chart.previousElementSibling.classList.contains("slider")) chart.previousElementSibling.remove();
    const box = document.createElement("label");
    box.className = "slider";
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: 2020, max: 2035, value: years[id] || 2030 });
    const output = text("output", input.value);
    input.addEventListener("input", () => {
      years[id] = Number(input.value);
      output.textContent = input.value === "2030" ? "2030" : `${input.value} (title and files: 2030)`;
      view.signal("year", years[id]).runAsync();
    });
    box.append("Year", input, output);
    chart.before(box);
    if (years[id]) view.signal("year", years[id]).runAsync();
  }

  async function draw(chart) {
    const id = chart.id.replace("chart-", "");
    const spec = JSON.parse(document.getElementById(`spec-${id}`).textContent)[dark.matches ? "dark" : "light"];
    if (chart.clientWidth < 560) {
      // A narrow screen: shorter labels, two columns of legend, fewer ticks.
      spec.config.axis.labelLimit = 156;
      spec.config.legend.columns = 2;
      spec.config.axis.tickCount = 3;
      if (spec.projection) spec.height = 200;
    }
    const { view } = await vegaEmbed(chart, spec, { actions: false, renderer: "svg", tooltip: { theme: dark.matches ? "dark" : "light" } });
    view.addEventListener("click", (event, item) => item && item.datum && item.datum.key && show(chart.dataset.figure, item.datum));
    if ((spec.params || []).some((param) => param.name === "year")) slider(chart, id, view);
  }

  const charts = [...document.querySelectorAll(".chart")];
  const drawAll = () => charts.forEach((chart) => draw(chart).catch((error) => { chart.textContent = `This chart could not be drawn: ${error.message}`; }));
  dark.addEventListener("change", drawAll);
  drawAll();
})();
