// Asks the browser for a passkey and sends what it gives with the form around the button.
(function () {
  "use strict";
  var form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) {
    return;
  }
  var options = JSON.parse(form.getAttribute("data-options"));
  var making = form.getAttribute("data-passkey") === "make";
  var said = document.getElementById("passkey-gezegd");
  form.hidden = false;
  document.getElementById("passkey-kan-niet").hidden = true;
  form.addEventListener("submit", function (event) {
    if (form.elements.credential.value) {
      return;
    }
    event.preventDefault();
    var asked = making
      ? navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
        })
      : navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
        });
    asked.then(
      function (credential) {
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.submit();
      },
      function () {
        said.textContent = "De browser gaf geen passkey. Probeer het opnieuw.";
      }
    );
  });
})();
