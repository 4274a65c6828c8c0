/** A product's fields as a file can fill them, in the order people read them. */
export const FIELDS = {
  sku: "SKU",
  name: "Name",
  description: "Description",
  price: "Price",
  active: "Active",
};
