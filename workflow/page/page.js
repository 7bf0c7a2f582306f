"use strict";
// The contents and their search, the ledger's filters, figures enlarged, and the two explorers.
const byId = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const number = (value) => (value === null ? "–" : Number(value.toPrecision(4)).toString().replace(/-/g, "−"));

const FILTERS = ["paper", "verdict", "text"];

// The part of an address behind #, as the page writes it: a place, and filters behind a "?".
function address() {
  const [place, filters] = location.hash.slice(1).split("?");
  return { place, filters: new URLSearchParams(filters ?? "") };
}

function startFilters() {
  const rows = [...document.querySelectorAll("#ledger tr[id]")];
  const groups = [...document.querySelectorAll("#ledger .group")];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const chosen = () => FILTERS.some((name) => byId(name).value.trim()) || byId("unexpected").checked;
  const show = () => {
    const words = byId("text").value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      row.hidden = !(
        (!byId("paper").value || row.dataset.paper === byId("paper").value) &&
        (!byId("verdict").value || row.dataset.verdict === byId("verdict").value) &&
        (!byId("unexpected").checked || row.classList.contains("unexpected")) &&
        words.every((word) => texts.get(row).includes(word))
      );
    }
    for (const table of document.querySelectorAll("#ledger table[aria-label]")) table.hidden = !table.querySelector("tr[id]:not([hidden])");
    for (const group of groups) {
      group.hidden = group.querySelector("table").hidden;
      group.open = chosen();
    }
    const left = rows.filter((row) => !row.hidden).length;
    byId("shown").value = `${left} of ${rows.length} claims`;
    byId("none").hidden = left > 0;
  };
  const remember = () => {
    const kept = new URLSearchParams(FILTERS.filter((name) => byId(name).value).map((name) => [name, byId(name).value]));
    if (byId("unexpected").checked) kept.set("unexpected", "1");
    history.replaceState(null, "", `#claims${chosen() ? `?${kept}` : ""}`);
  };
  const change = () => { show(); remember(); };
  byId("text").addEventListener("input", change);
  byId("filters").addEventListener("change", change);
  byId("filters").addEventListener("reset", () => setTimeout(change));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());

  // Go where the address says: a claim is shown whatever the filters, and a folded table opened.
  const go = () => {
    const { place, filters } = address();
    if (place === "claims") {
      for (const name of FILTERS) byId(name).value = filters.get(name) ?? "";
      byId("unexpected").checked = filters.has("unexpected");
      show();
    }
    const target = byId(place);
    if (!target) return;
    if (target.hidden || target.closest("#ledger [hidden]")) {
      byId("filters").reset();
      setTimeout(() => { show(); reveal(target); });
    } else reveal(target);
  };
  const reveal = (target) => {
    for (let folded = target.closest("details"); folded; folded = folded.parentElement.closest("details")) {
      if (folded.id !== "menu") folded.open = true;
    }
    for (const marked of document.querySelectorAll(".marked")) marked.classList.remove("marked");
    target.classList.add("marked");
    target.scrollIntoView();
  };
  addEventListener("hashchange", go);
  show();
  if (location.hash) go();
}

function startContents() {
  const menu = byId("menu");
  const narrow = matchMedia("(max-width: 75rem)");
  const fit = () => { menu.open = !narrow.matches; };
  narrow.addEventListener("change", fit);
  fit();
  menu.addEventListener("click", (event) => { if (narrow.matches && event.target.closest("a")) menu.open = false; });
  const of = (selector, kind, name) => [...document.querySelectorAll(selector)].map((found) => ({ id: found.id, kind, name: name(found), text: found.textContent.toLowerCase() }));
  const places = [
    ...of("figure", "Figure", (figure) => figure.querySelector("img").alt),
    ...of("#ledger tr[id]", "Claim", (row) => row.querySelector("p").textContent),
    ...of("details.table", "Table", (table) => table.querySelector("code").textContent),
  ];
  byId("search").addEventListener("submit", (event) => event.preventDefault());
  byId("sought").addEventListener("input", () => {
    const words = byId("sought").value.toLowerCase().split(/\s+/).filter(Boolean);
    byId("contents").hidden = words.length > 0;
    const hits = words.length ? places.filter(({ text }) => words.every((word) => text.includes(word))) : [];
    const shown = ["Figure", "Claim", "Table"].flatMap((kind) => hits.filter((hit) => hit.kind === kind).slice(0, 15));
    const told = words.length ? [element("p", hits.length ? `${hits.length} found${hits.length > shown.length ? `, ${shown.length} of them here` : ""}` : "Nothing holds all these words.")] : [];
    const list = element("ul", ...shown.map(({ id, kind, name }) => {
      const link = element("a", `${kind}: ${name}`);
      link.href = `#${id}`;
      return element("li", link);
    }));
    byId("hits").replaceChildren(...told, ...(hits.length ? [list] : []));
  });
}

function startEnlarging() {
  const dialog = byId("enlarged");
  for (const button of document.querySelectorAll(".enlarge")) {
    button.addEventListener("click", () => {
      const picture = button.querySelector("img");
      dialog.querySelector("img").src = picture.src;
      dialog.querySelector("img").alt = picture.alt;
      byId("sharp").href = button.closest("figure").querySelector(".sharp").getAttribute("href");
      dialog.showModal();
    });
  }
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

function layout({ title: xTitle, ...x }, { title: yTitle, ...y }, title) {
  const axis = { automargin: true, gridcolor: colour("line"), zerolinecolor: colour("line"), linecolor: colour("quiet"), ticks: "outside" };
  return {
    title: { text: title, font: { size: 13 }, x: 0.02, xanchor: "left", y: 0.98, yanchor: "top" },
    margin: { l: 48, r: 12, t: 32, b: 42 },
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    font: { color: colour("ink"), size: 12 },
    legend: { x: 1, xanchor: "right", y: 1, bgcolor: "transparent", traceorder: "normal" },
    hovermode: "closest",
    xaxis: { ...axis, title: { text: xTitle, standoff: 6 }, ...x },
    yaxis: { ...axis, title: { text: yTitle, standoff: 4 }, ...y },
  };
}

function draw(id, description, traces, drawnLayout) {
  byId(id).setAttribute("aria-label", description);
  Plotly.react(id, traces, drawnLayout, { displayModeBar: false, responsive: true });
}

// What a table holds is text and never markup.
function element(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

function write(id, pairs) {
  byId(id).replaceChildren(...pairs.map(([name, value]) => element("div", element("dt", name), element("dd", value))));
}

// Several paths in one trace: a gap between two of them.
function joined(paths) {
  const gap = (values) => [...values, null];
  return { x: paths.flatMap((path) => gap(path.x)), y: paths.flatMap((path) => gap(path.y)) };
}

function circle(radius) {
  const angles = Array.from({ length: 121 }, (_, k) => (k * Math.PI) / 60);
  return { x: angles.map((a) => radius * Math.cos(a)), y: angles.map((a) => radius * Math.sin(a)) };
}

// A plane seen from above, with both axes alike and the legend outside.
function plane(extent, x, y) {
  const axis = { range: [-extent, extent], constrain: "domain", nticks: 6 };
  return {
    ...layout({ ...axis, title: x }, { ...axis, title: y, scaleanchor: "x" }, ""),
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", bgcolor: "transparent" },
  };
}

function startScaleExplorer(all) {
  const slider = byId("scale");
  const { radius, extent } = all;
  let data = all.networks[byId("network").value];
  const moduli = Object.keys(data).filter((name) => name.startsWith("ln_modulus"));

  // A curve against s, with a mark at the s chosen.
  const curve = (k, name, label, colourName, dash) => [
    { x: data.s, y: data[name], name: label, mode: "lines", line: { color: colour(colourName), dash } },
    { x: [data.s[k]], y: [data[name][k]], mode: "markers", marker: { color: colour(colourName), size: 10 }, showlegend: false, hoverinfo: "skip" },
  ];
  const ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((s) => s >= data.s[0] && s <= data.s[data.s.length - 1]);
  const powers = { type: "log", exponentformat: "power", nticks: 6 };
  const against = (y, title) => layout({ title: "s", type: "log", tickvals: ticks }, y, title);

  function portrait(k) {
    const inside = (path) => Math.hypot(path.x[0], path.y[0]) < radius;
    const group = (paths, label, colourName, symbol) => [
      { ...joined(paths), name: label, mode: "lines", line: { color: colour(colourName), width: 1.5 }, hoverinfo: "skip" },
      { x: paths.map((p) => p.x[0]), y: paths.map((p) => p.y[0]), mode: "markers", marker: { color: colour(colourName), symbol, size: 7 }, showlegend: false },
    ];
    const paths = data.paths[k];
    return [
      { ...circle(radius), name: "reference circle", mode: "lines", line: { color: colour("ink"), dash: "dash" }, hoverinfo: "skip" },
      ...group(paths.filter(inside), "from inside", "green", "circle-open"),
      ...group(paths.filter((path) => !inside(path)), "from outside", "blue", "circle"),
    ];
  }

  function show() {
    data = all.networks[byId("network").value];
    slider.max = data.s.length - 1;
    const k = Number(slider.value);
    const at = (name) => number(data[name][k]);
    slider.setAttribute("aria-valuetext", `s = ${at("s")}`);
    write("scale-numbers", [
      ["s", at("s")], ["δ", at("delta")], ["‖Df‖", at("jacobian_norm")], ["C̃", at("refined_bound")], ["C", at("bound")],
      ["ln det M", at("ln_det")], ...moduli.map((name, i) => [`ln|μ${"₁₂₃₄"[i]}|`, at(name)]), ["C·T", at("window")], ["proved window of ln|μ|", `${at("window_lower")} to ${at("window_upper")}`],
    ]);
    draw("plot-portrait", `Trajectories at s = ${at("s")}`, portrait(k), plane(extent, "x", "y"));
    draw("plot-delta", `Saturation δ against s; ${at("delta")} at s = ${at("s")}`, curve(k, "delta", "δ", "blue"), { ...against(powers, "saturation δ"), showlegend: false });
    draw("plot-norm", `Norm of Df and its bounds against s; at s = ${at("s")}: ${at("jacobian_norm")}, refined bound ${at("refined_bound")}, bound ${at("bound")}`,
      [...curve(k, "bound", "bound C", "purple", "dash"), ...curve(k, "refined_bound", "refined C̃", "purple", "dot"), ...curve(k, "jacobian_norm", "‖Df‖", "blue")],
      { ...against(powers, "‖Df‖ and its bounds"), legend: { x: 0, y: 0, bgcolor: "transparent" } });
    draw("plot-determinant", `ln det M against s; ${at("ln_det")} at s = ${at("s")}`, curve(k, "ln_det", "ln det M", "blue"), { ...against({}, "ln det M"), showlegend: false });
    const reach = 1.3 * Math.max(...moduli.flatMap((name) => data[name].map(Math.abs)));
    const below = data.window.map((value) => -value);
    const edge = { mode: "lines", line: { width: 0 }, hoverinfo: "skip" };
    draw("plot-multipliers", `Logarithms of the multipliers' moduli against s, inside the window ±${at("window")} at s = ${at("s")}`,
      [{ x: data.s, y: below, showlegend: false, ...edge }, { x: data.s, y: data.window, name: "±C·T", fill: "tonexty", fillcolor: "rgba(128,128,128,.25)", ...edge },
        ...["window_lower", "window_upper"].map((name, i) => ({ x: data.s, y: data[name], name: "proved window", showlegend: i === 0, mode: "lines", line: { color: colour("green"), dash: "dot", width: 1.5 }, hoverinfo: "skip" })),
        ...moduli.flatMap((name, i) => curve(k, name, `ln|μ${"₁₂₃₄"[i]}|`, "blue", ["solid", "dash"][i % 2]))],
      against({ range: [-reach, reach] }, "multipliers and their window"));
  }
  slider.addEventListener("input", show);
  byId("network").addEventListener("change", show);
  return show;
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function startModelExplorer(data) {
  const buffer = await unpacked(data.packed);
  const models = data.models;
  const count = data.largest.length;
  const extent = data.axis[data.axis.length - 1];
  const length = (name) => data.sizes[name].reduce((product, size) => product * size, 1);
  let start = 0;
  const all = {};
  for (const [name, Type] of Object.entries({ eigenvalues: Int16Array, orbits: Int16Array, radius: Uint8Array, field: Int8Array })) {
    all[name] = new Type(buffer, start, count * length(name));
    start += all[name].byteLength;
  }
  const of = (name, model) => all[name].subarray(model * length(name), (model + 1) * length(name));

  // What tells models apart, in the order in which the choices are kept when one of them changes.
  const CHOICES = ["weights", "range", "depth", "activation", "bias"];
  const label = (name, value) => (name === "weights" ? data.weights[value] : name === "bias" ? (value ? "with" : "without") : value);
  const slider = byId("model");

  function fill() {
    const model = Number(slider.value);
    for (const name of CHOICES) {
      const possible = models[name].filter((_, k) => name !== "range" || models.weights[k] === models.weights[model]);
      const values = [...new Set(possible)];
      byId(name).replaceChildren(...values.map((value) => new Option(label(name, value), String(value), false, value === models[name][model])));
    }
  }

  function choose(changed) {
    const wanted = [changed, ...CHOICES.filter((name) => name !== changed)];
    let left = [...Array(count).keys()];
    for (const name of wanted) {
      const matching = left.filter((k) => String(models[name][k]) === byId(name).value);
      if (matching.length) left = matching;
    }
    slider.value = left[0];
    show();
  }

  function field(model) {
    const places = data.axis.filter((_, k) => k % data.sparse === 0);
    const arrow = (0.4 * (places[1] - places[0])) / 127;
    const steps = of("field", model);
    return joined(places.flatMap((y, j) => places.map((x, i) => {
      const k = 2 * (j * places.length + i);
      return { x: [x, x + arrow * steps[k]], y: [y, y + arrow * steps[k + 1]] };
    })));
  }

  function orbits(model) {
    const [trajectories, times] = data.sizes.orbits;
    const codes = of("orbits", model);
    const state = (k) => (codes[k] === data.nowhere ? null : codes[k] * data.step);
    const along = (first) => Array.from({ length: times }, (_, t) => state(first + 2 * t));
    return Array.from({ length: trajectories }, (_, j) => ({ x: along(2 * times * j), y: along(2 * times * j + 1) }));
  }

  function radius(model) {
    const side = data.axis.length;
    const codes = of("radius", model);
    return data.axis.map((_, j) => Array.from(codes.subarray(j * side, (j + 1) * side), (code) => data.decades * (code / 127 - 1)));
  }

  function eigenvalues(model) {
    const unit = data.largest[model] / 32767;
    const codes = of("eigenvalues", model);
    const found = { x: [], y: [] };
    for (let k = 0; k < codes.length; k += 3) {
      found.x.push(unit * codes[k], unit * codes[k + 1]);
      found.y.push(unit * codes[k + 2], -unit * codes[k + 2]);
    }
    return found;
  }

  function show() {
    const model = Number(slider.value);
    fill();
    const named = `${data.weights[models.weights[model]]}, ${models.range[model]}, ${models.depth[model]} layers, ${models.activation[model]}, ${label("bias", models.bias[model])} bias`;
    slider.setAttribute("aria-valuetext", `${model}: ${named}`);
    const paths = orbits(model);
    const arrows = field(model);
    // The head belongs to the end of each line.
    const heads = arrows.x.map((_, k) => (k % 3 === 1 ? 6 : 0));
    draw("plot-field", `Phase portrait of model ${model}: ${named}; settles on: ${models.attractor[model]}`, [
      { ...arrows, mode: "lines+markers", line: { color: colour("grey"), width: 1 }, marker: { symbol: "arrow", angleref: "previous", size: heads, color: colour("grey"), line: { width: 0 } }, hoverinfo: "skip", showlegend: false },
      { ...joined(paths), name: "orbits", mode: "lines+markers", line: { color: colour("blue"), width: 1 }, marker: { size: 4 } },
      { x: paths.map((path) => path.x[0]), y: paths.map((path) => path.y[0]), name: "starts", mode: "markers", marker: { symbol: "circle-open", size: 8, color: colour("blue") } },
    ], plane(extent, "x₁", "x₂"));
    const ticks = [0.1, 0.3, 1, 3, 10];
    draw("plot-radius", `Map of the spectral radius of A*, from ${number(models.rho_min[model])} to ${number(models.rho_max[model])}`, [{
      type: "heatmap", x: data.axis, y: data.axis, z: radius(model), zmin: -data.decades, zmax: data.decades,
      colorscale: [[0, "#4477aa"], [0.5, "#f2f2f2"], [1, "#ddaa33"]],
      customdata: radius(model).map((row) => row.map((z) => 10 ** z)), hovertemplate: "ρ ≈ %{customdata:.2g}<extra></extra>",
      colorbar: { title: { text: "ρ(A*)", side: "right" }, orientation: "h", x: 0.5, y: 1.02, yanchor: "bottom", thickness: 10, ypad: 0, outlinewidth: 0, tickvals: ticks.map(Math.log10), ticktext: ["≤ 0.1", "0.3", "1", "3", "≥ 10"] },
    }], plane(extent, "x₁", "x₂"));
    const spectrum = eigenvalues(model);
    const distances = spectrum.x.map((x, k) => Math.hypot(x, spectrum.y[k]));
    const outside = spectrum.x.filter((x, k) => Math.max(Math.abs(x), Math.abs(spectrum.y[k])) > data.reach).length;
    write("model-numbers", [
      ["model", `${model}`], ["settles on", models.attractor[model]], ["smallest ρ", number(models.rho_min[model])],
      ["mean ρ", number(models.rho_mean[model])], ["largest ρ", number(models.rho_max[model])], ["eigenvalues outside of the picture", `${outside} of ${distances.length}`],
    ]);
    draw("plot-spectrum", `Eigenvalues of A*, the largest modulus is ${number(Math.max(...distances))}; ${outside} of ${distances.length} lie outside of the picture`, [
      { ...circle(1), name: "unit circle", mode: "lines", line: { color: colour("ink"), dash: "dash", width: 1 }, hoverinfo: "skip" },
      { ...spectrum, name: "eigenvalues", mode: "markers", marker: { color: colour("blue"), size: 5, opacity: 0.6 } },
    ], plane(data.reach, "Re λ", "Im λ"));
  }
  slider.value = data.first;
  slider.addEventListener("input", show);
  for (const name of CHOICES) byId(name).addEventListener("change", () => choose(name));
  return show;
}

// Plotly travels packed: its text is the one whose hash the page's policy holds.
let plotly = null;
function loadPlotly() {
  plotly ??= unpacked(byId("plotly").textContent).then((bytes) => {
    document.body.append(Object.assign(document.createElement("script"), { textContent: new TextDecoder().decode(bytes) }));
  });
  return plotly;
}

// An explorer is drawn when it comes into view.
function startWhenSeen(name, startExplorer) {
  const section = byId(`${name}-explorer`);
  const seen = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    await loadPlotly();
    const data = new TextDecoder().decode(await unpacked(byId(`data-${name}`).textContent));
    const show = await startExplorer(JSON.parse(data));
    show();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    section.dataset.drawn = "";
  }, { rootMargin: "400px" });
  seen.observe(section);
}

startContents();
startFilters();
startEnlarging();
for (const [name, startExplorer] of [["scale", startScaleExplorer], ["models", startModelExplorer]]) {
  if (byId(`data-${name}`)) startWhenSeen(name, startExplorer);
}
addEventListener("beforeprint", () => document.querySelectorAll("main details").forEach((folded) => { folded.open = true; }));
document.body.dataset.ready = "";
