"""Who may come in: the administrator's password, and nobody by way of a visitor's browser.

API keys, roles, throttling and the audit log are not here yet.
"""
