/**
 * Which products are selected: some by their ids, over as many pages as wanted,
 * or all that match the filter, however many there are.
 */
export class Selection extends EventTarget {
  #ids = new Set();
  #isAll = false;

  get isAll() {
    return this.#isAll;
  }

  /** The ids; of no meaning while everything is selected. */
  get ids() {
    return [...this.#ids];
  }

  get isEmpty() {
    return !this.#isAll && this.#ids.size === 0;
  }

  has(id) {
    return this.#isAll || this.#ids.has(id);
  }

  /** Adds or removes `ids`. One taken out of everything leaves the rest of `page`, the ids shown. */
  set(ids, isSelected, page = []) {
    if (this.#isAll) {
      this.#ids = new Set(page);
      this.#isAll = false;
    }
    for (const id of ids) {
      this.#ids[isSelected ? "add" : "delete"](id);
    }
    this.#tell();
  }

  selectAll() {
    this.#ids.clear();
    this.#isAll = true;
    this.#tell();
  }

  clear() {
    if (!this.isEmpty) {
      this.#ids.clear();
      this.#isAll = false;
      this.#tell();
    }
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
