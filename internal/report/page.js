(function () {
  "use strict";
  var byId = function (id) { return document.getElementById(id); };
  var data = JSON.parse(byId("data").textContent);
  var cells = {}, packages = {};
  data.cells.forEach(function (c) { cells[c.target] = c; });
  data.packages.forEach(function (p) { packages[p.file] = p; });

  function size(n) {
    var units = ["B", "KiB", "MiB", "GiB"], i = 0;
    while (n >= 1024 && i < 3) { n /= 1024; i++; }
    return (i ? n.toFixed(1) : n) + " " + units[i];
  }

  // Everything is put in as text.
  function make(name, text) {
    var e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    return e;
  }
  function list(items) {
    var ul = make("ul");
    items.forEach(function (i) { ul.append(make("li", i)); });
    return ul;
  }
  function term(dl, name, value) {
    if (!value || value.length === 0) return;
    var dd = make("dd");
    dd.append(value instanceof Node ? value : String(value));
    dl.append(make("dt", name), dd);
  }

  // Details of a cell: Escape closes them and the focus returns, as dialogs do.
  var dialog = byId("details"), body = byId("details-body"), title = byId("details-title");
  function show(cell, platform) {
    var dl = make("dl"), p = packages[cell.package];
    title.textContent = "Python " + cell.python + " on " + platform;
    body.replaceChildren(dl);
    term(dl, "Target", make("code", cell.target));
    if (p) {
      term(dl, "Package", make("code", p.file));
      term(dl, "Size", p.size && (p.size_estimated ? "about " : "") + size(p.size));
      term(dl, "Needs", cell.floor);
      term(dl, "Requires-Python", p.requires_python || "not said");
      term(dl, "Also serves", p.targets.filter(function (t) { return t !== cell.target; }).join(", "));
      term(dl, "Distributions", p.distributions && list(p.distributions));
    } else {
      term(dl, "Hole", make("pre", cell.problem));
      (cell.causes || []).forEach(function (c) {
        term(dl, "Required by", c.requirements && list(c.requirements));
        if (!c.projects || c.kind === "no-such-project") return;
        term(dl, "Newest with a file", c.newest_with_file || "no version of " + c.projects[0]);
        term(dl, "From source", c.source ? c.source + (c.build_from_source ? ", with " + c.build_from_source : "") : "there is none of " + c.projects[0]);
      });
      term(dl, "Next step", cell.hints && list(cell.hints));
    }
    term(dl, "Notes", cell.notes && list(cell.notes));
    dialog.showModal();
    title.focus();
  }
  // A cell of a profile: what each of its interpreters chooses.
  function showServed(places, python, profile) {
    title.textContent = "Python " + python + " on agent " + profile;
    body.replaceChildren();
    places.forEach(function (i) {
      var s = data.served[i], dl = make("dl");
      term(dl, "Interpreter", make("code", s.path));
      term(dl, "Python", s.python);
      term(dl, "Stands for", make("code", s.target));
      term(dl, "Package", s.package ? make("code", s.package) : "none");
      term(dl, "Size", s.package && packages[s.package].size && (packages[s.package].size_estimated ? "about " : "") + size(packages[s.package].size));
      term(dl, "Hole", s.problem && make("pre", s.problem));
      body.append(dl);
    });
    dialog.showModal();
    title.focus();
  }
  byId("cells").addEventListener("click", function (event) {
    var link = event.target.closest("a[data-target]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !dialog.showModal) return;
    event.preventDefault();
    var column = byId("cells").rows[0].cells[link.parentNode.cellIndex];
    if (link.dataset.served) showServed(link.dataset.served.match(/\d+/g), link.dataset.target, column.dataset.name);
    else show(cells[link.dataset.target], column.textContent);
  });
  document.querySelectorAll("a[data-target]").forEach(function (link) {
    link.setAttribute("aria-haspopup", "dialog");
  });
  dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });

  // Arrow keys go from cell to cell.
  byId("cells").addEventListener("keydown", function (event) {
    var step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    var td = event.target.closest("td");
    if (!step || !td || event.altKey || event.ctrlKey || event.metaKey) return;
    var row = td.parentNode.rowIndex, column = td.cellIndex, rows = byId("cells").rows;
    while (rows[row += step[0]] && rows[row].cells[column += step[1]]) {
      var link = rows[row].cells[column].querySelector("a");
      if (link && link.offsetParent) { link.focus(); event.preventDefault(); return; }
    }
  });

  // Filters hide rows and columns.
  var form = byId("filter"), shown = byId("shown");
  function filter() {
    var count = { platform: [0, 0], profile: [0, 0], python: [0, 0] };
    form.querySelectorAll("input").forEach(function (box) {
      count[box.name][1]++;
      if (box.checked) count[box.name][0]++;
      document.querySelectorAll("#cells [data-" + (box.name === "python" ? "python" : "platform") + '="' + box.value + '"]').forEach(function (e) { e.hidden = !box.checked; });
    });
    shown.textContent = "Showing " + count.platform.join(" of ") + " platforms, " + (count.profile[1] ? count.profile.join(" of ") + " agent profiles, " : "") + count.python.join(" of ") + " Pythons.";
  }
  form.addEventListener("change", filter);
  form.addEventListener("reset", function () { setTimeout(filter); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.hidden = false;
  filter();
  document.documentElement.dataset.ready = "yes";
})();
