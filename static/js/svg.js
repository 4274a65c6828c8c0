/** Drawings, made of elements: the content security policy allows no style of their own. */

const NAMESPACE = "http://www.w3.org/2000/svg";

export function draw(name, attributes, ...children) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, value);
  }
  element.append(...children);
  return element;
}
