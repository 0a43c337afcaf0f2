// The triage list by keyboard: 1, 2, 3 answer the row one stands in, j and k (or the arrows) move, u takes the last answer back.
(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-form]"));
  function here() {
    return document.activeElement && document.activeElement.closest("[data-form]");
  }
  function stand(at) {
    var row = rows[Math.max(0, Math.min(at, rows.length - 1))];
    if (row) {
      row.focus();
      row.scrollIntoView({ block: "nearest" });
    }
  }
  document.addEventListener("keydown", function (event) {
    if (window.amhkKeysOff && window.amhkKeysOff()) return;
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
    )
      return;
    var row = here(),
      down = event.key === "j" || event.key === "ArrowDown",
      up = event.key === "k" || event.key === "ArrowUp";
    if (down || up) {
      event.preventDefault();
      stand(row ? rows.indexOf(row) + (down ? 1 : -1) : 0);
      return;
    }
    if (event.key === "u") {
      var undo = document.getElementById("terug");
      if (undo) undo.click();
      return;
    }
    if (!row || !/^[123]$/.test(event.key)) return;
    event.preventDefault();
    var button = row.querySelector("[data-key='" + event.key + "']"),
      number = row.querySelector("[name=bij]");
    if (event.key === "3" && number.value === "" && !row.querySelector("[name=ref]")) {
      number.focus();
      return;
    }
    if (button.tagName === "SUMMARY") {
      // an acute form asks why it is not acute; Enter answers
      button.parentElement.open = true;
      row.querySelector("[data-sure]").focus();
      return;
    }
    button.click();
  });
  var list = document.querySelector("[data-at]");
  if (list) stand(Number(list.getAttribute("data-at")));
})();
