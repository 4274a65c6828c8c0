/** A page's state: one frozen value, and a "change" event whenever it is replaced. */
export class Store extends EventTarget {
  #value;

  constructor(value) {
    super();
    this.#value = Object.freeze(value);
  }

  get value() {
    return this.#value;
  }

  /** Replaces the value by a copy with `changes` in it. */
  update(changes) {
    this.#value = Object.freeze({ ...this.#value, ...changes });
    this.dispatchEvent(new Event("change"));
  }
}
