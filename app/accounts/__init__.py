"""Who may come in: the administrator by a password, programs by API keys, and nobody by way of a
visitor's browser.

Deliberately absent: several users, roles beyond the keys' scopes.
"""
