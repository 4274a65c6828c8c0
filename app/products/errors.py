"""What can go wrong with one product."""

from __future__ import annotations

from app.errors import DomainError


class ProductNotFound(DomainError):
    """No product has this id."""

    def __init__(self, product_id: int) -> None:
        super().__init__(f"There is no product with the id {product_id}.")


class DuplicateSku(DomainError):
    """The SKU, compared without regard to case, belongs to another product."""

    def __init__(self, sku: str, existing_id: int | None) -> None:
        owner = "another product" if existing_id is None else f"the product with id {existing_id}"
        super().__init__(
            f"The SKU {sku} is taken by {owner}. SKUs are compared without regard to case.",
            pointer="/sku",
            data={"existing_id": existing_id},
        )


class VersionMismatch(DomainError):
    """The caller's If-Match names another version than the stored one."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "Somebody else has changed this product since it was read. Read it again.",
            data={"current_version": version},
        )


class SearchOverloaded(DomainError):
    """A page could not be found in the time that a search may take."""

    def __init__(self) -> None:
        super().__init__(
            "The server has too much to do to find this just now. Try again in a few seconds, "
            "or ask for less.",
            data={"retry_after": 5},
        )


class NotConfirmed(DomainError):
    """Everything was to be deleted, and the request does not say that this is meant."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing was deleted. To delete all products, say so: DELETE /api/products?confirm=all",
            pointer="/confirm",
        )
