// The triage list by keyboard: 1, 2, 3 answer the row one stands on, j and k (or the arrows) move, u takes the last answer back.
(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-form]"));
  function here() {
    var row = document.activeElement && document.activeElement.closest("[data-form]");
    return row || rows[0];
  }
  function go(step) {
    var at = rows.indexOf(here()) + step;
    if (rows[at]) { rows[at].focus(); rows[at].scrollIntoView({ block: "nearest" }); }
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (event.key === "j" || event.key === "ArrowDown") { event.preventDefault(); go(1); return; }
    if (event.key === "k" || event.key === "ArrowUp") { event.preventDefault(); go(-1); return; }
    if (event.key === "u") { var undo = document.getElementById("terug"); if (undo) undo.click(); return; }
    var row = here(), button = row && row.querySelector("[data-key='" + event.key + "']");
    if (!button) return;
    event.preventDefault();
    var number = row.querySelector("[name=bij]");
    if (event.key === "3" && number && number.value === "" && !row.querySelector("[name=ref]")) { number.focus(); return; }
    button.click();
  });
  if (rows.length && (!document.activeElement || document.activeElement === document.body)) rows[0].focus();
})();
