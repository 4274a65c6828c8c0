/** A menu in a `<details>`: Escape, a choice and a click elsewhere close it. */

export function closeByItself(menu) {
  const close = () => {
    menu.open = false;
  };
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      close();
      menu.querySelector("summary").focus();
    }
  });
  menu.addEventListener("click", ({ target }) => target.closest(".menu-item") && close());
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget)) {
      close();
    }
  });
  document.addEventListener("pointerdown", ({ target }) => menu.contains(target) || close());
}
