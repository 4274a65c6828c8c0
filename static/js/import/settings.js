/** The settings of a checked import: how its file is read, and what is done with the rows. */

/** Shows the settings of `draft`; one that the list does not know is added to it. */
export function showSettings(form, draft) {
  for (const select of form.querySelectorAll("select")) {
    choose(select, draft[select.name]);
  }
}

/** Calls `onChange(name, value)` when a setting is chosen; "" leaves it to the server. */
export function listenToSettings(form, onChange) {
  form.addEventListener("change", ({ target }) => onChange(target.name, target.value));
}

/** The server's spelling becomes the option's, so that choosing it again is no change. */
function choose(select, value) {
  const option = [...select.options].find((one) => canonise(one.value) === canonise(value));
  if (option) {
    option.value = value;
  } else {
    select.add(new Option(value.toUpperCase(), value), 0);
  }
  select.value = value;
}

/** Encodings have several spellings: `cp1252`, `Windows_1252` and `windows-1252` are one. */
const canonise = (name) => name.toLowerCase().replaceAll("_", "-").replace(/^cp(?=125)/, "windows-");
