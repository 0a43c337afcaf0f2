// Keys for the whole desk. Everything works without this file; it only makes it faster.
(function () {
  "use strict";
  // Behind a proxy the house may lie under a path of its own.
  var prefix = document.documentElement.getAttribute("data-prefix") || "";
  var go = { n: "/nieuw", v: "/", w: "/werkvoorraad" };
  // Who works by voice, or types with a cat on the keyboard, turns the keys off (WCAG 2.1.4); the browser remembers only that.
  function off() {
    try {
      return localStorage.getItem("toetsen") === "uit";
    } catch (e) {
      return false;
    }
  }
  var choice = document.getElementById("toetsen-aan");
  if (choice) {
    choice.checked = !off();
    choice.parentElement.hidden = false;
    choice.addEventListener("change", function () {
      try {
        localStorage.setItem("toetsen", choice.checked ? "aan" : "uit");
      } catch (e) {
        return;
      }
    });
  }
  window.amhkKeysOff = off;
  function rows() {
    return Array.prototype.slice.call(document.querySelectorAll(".list tbody th a"));
  }
  var dirty = false;
  document.addEventListener("input", function (event) {
    if (event.target.form && event.target.form.method === "post") dirty = true;
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || off()) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "/") {
      event.preventDefault();
      var q = document.getElementById("q");
      if (q) q.focus();
      return;
    }
    if (event.key === "?") {
      var keys = document.getElementById("toetsen");
      if (keys) keys.togglePopover();
      return;
    }
    if ((event.key === "j" || event.key === "k") && !document.querySelector("[data-form]")) {
      var all = rows(),
        at = all.indexOf(document.activeElement),
        to = event.key === "j" ? at + 1 : Math.max(at - 1, 0);
      if (all[to]) all[to].focus();
      return;
    }
    if (dirty) return; // a page with something typed on it is not left by one key
    if (go[event.key] && document.querySelector("[href='" + prefix + go[event.key] + "']"))
      location.href = prefix + go[event.key];
  });

  // What takes longer than a second says so, and how long it has been.
  var busy = document.getElementById("bezig");
  function wait(event) {
    var slow = event.target.closest && event.target.closest("[data-slow]");
    if (!busy || !slow || (event.type === "click" && !event.target.closest("a"))) return;
    var file = event.type === "click",
      began = Date.now(),
      text = slow.getAttribute("data-slow");
    window.clearInterval(wait.timer);
    wait.timer = window.setInterval(function () {
      var seconds = Math.round((Date.now() - began) / 1000);
      busy.hidden = false;
      busy.lastElementChild.textContent = file ? text + "." : text + ": " + seconds + " s";
      if (file && seconds > 10) {
        window.clearInterval(wait.timer);
        busy.hidden = true;
      }
    }, 1000);
  }
  document.addEventListener("submit", wait);
  document.addEventListener("click", wait);
  window.addEventListener("pageshow", function () {
    window.clearInterval(wait.timer);
    if (busy) busy.hidden = true;
  });

  // A concept: what is typed is kept on the server while typing; the page says so, and says it when it could not.
  var form = document.querySelector("[data-concept]"),
    note = document.getElementById("bewaard"),
    unsaved = false;
  if (form && note) {
    form.addEventListener("input", function () {
      unsaved = true;
    });
    form.addEventListener("submit", function () {
      unsaved = false;
    });
    document.body.addEventListener("htmx:afterRequest", function (event) {
      if (event.detail.elt !== note) return;
      unsaved = !event.detail.successful;
      var out =
        event.detail.xhr && (event.detail.xhr.status === 401 || event.detail.xhr.status === 403);
      if (out)
        note.textContent =
          "Nog niet bewaard: u bent afgemeld. Meld u aan in een ander tabblad en ga hier door; uw tekst staat er nog.";
      else if (unsaved)
        note.textContent =
          "Nog niet bewaard: geen verbinding met het meldpunt. Uw tekst staat er nog; ga gerust door.";
    });
    window.addEventListener("beforeunload", function (event) {
      if (unsaved) event.preventDefault();
    });
    // tried again until the server is back
    window.setInterval(function () {
      if (unsaved && window.htmx) window.htmx.trigger(form, "opnieuw");
    }, 5000);
  }

  // Every other form: what is typed is kept under where the form leads, given back on return, and gone once it is carried out.
  function fieldsOf(form) {
    return Array.prototype.filter.call(form.elements, function (f) {
      return (
        f.name &&
        f.name[0] !== "_" &&
        !/^(hidden|password|file|submit|button)$/.test(f.type) &&
        f.name !== "time"
      );
    });
  }
  function typedIn(form) {
    var told = new URLSearchParams();
    fieldsOf(form).forEach(function (f) {
      if (f.type === "checkbox" || f.type === "radio" ? f.checked : f.value)
        told.append(f.name, f.value);
    });
    ["_csrf", "_once"].forEach(function (name) {
      if (form.elements[name]) told.append(name, form.elements[name].value);
    });
    return told;
  }
  function words(form) {
    return fieldsOf(form).some(function (f) {
      return f.tagName === "TEXTAREA" || (f.tagName === "INPUT" && f.type === "text");
    });
  }
  function fill(form, typed) {
    fieldsOf(form).forEach(function (f) {
      var told = typed[f.name];
      if (f.type === "checkbox" || f.type === "radio")
        f.checked = !!told && told.indexOf(f.value) >= 0;
      else if (told) f.value = told.join(" ");
      if (told && f.closest("details")) f.closest("details").open = true;
    });
  }
  function keeps(form) {
    var path = form.getAttribute("action").slice(prefix.length),
      at = prefix + "/concept?pad=" + encodeURIComponent(path),
      timer = null,
      waits = false,
      said = null;
    function say(text) {
      if (!said) {
        said = document.createElement("p");
        said.className = "saved";
        said.setAttribute("role", "status");
        form.appendChild(said);
      }
      said.textContent = text;
    }
    function save(last) {
      window.clearTimeout(timer);
      if (!waits) return;
      waits = false;
      fetch(at, {
        method: "POST",
        body: typedIn(form),
        keepalive: last,
        credentials: "same-origin",
      })
        .then(function (answer) {
          if (answer.ok)
            return answer.json().then(function (told) {
              say("Bewaard om " + told.saved + ", nog niet vastgelegd.");
            });
          if (answer.status === 401 || answer.status === 403)
            say("Nog niet bewaard: u bent afgemeld. Uw tekst staat er nog.");
        })
        .catch(function () {
          waits = true;
          say("Nog niet bewaard: geen verbinding met het meldpunt. Uw tekst staat er nog.");
        });
    }
    form.addEventListener("input", function () {
      waits = true;
      window.clearTimeout(timer);
      timer = window.setTimeout(save, 600);
    });
    form.addEventListener("submit", function () {
      window.clearTimeout(timer);
      waits = false;
    });
    window.addEventListener("pagehide", function () {
      save(true);
    });
    if (document.querySelector(".errors") || document.querySelector(".dry")) return; // what was typed stands there already
    fetch(at, { credentials: "same-origin" })
      .then(function (answer) {
        return answer.status === 200 ? answer.json() : null;
      })
      .then(function (told) {
        if (!told || waits) return;
        fill(form, told.typed);
        say("Dit typte u eerder (bewaard om " + told.saved + ") en is nog niet vastgelegd.");
      })
      .catch(function () {
        return;
      });
  }
  Array.prototype.forEach.call(
    document.querySelectorAll("main form[method=post]"),
    function (form) {
      if (
        form.elements._once &&
        !form.hasAttribute("data-concept") &&
        !form.hasAttribute("data-passkey") &&
        !form.enctype.indexOf("application/x-www-form-urlencoded") &&
        words(form)
      )
        keeps(form);
    },
  );

  // The first thing to do on a page of a call is to type.
  var first = document.querySelector("[data-first]");
  if (first && !document.querySelector(".errors")) first.focus();
})();
