"""Webhooks: every committed change told to other systems, at least once.

An event is a row written in the transaction of the change it tells of, a delivery a row
per event and webhook (`events.py`). `dispatcher.py` claims what is due (`outbox.py`),
`delivery.py` sends it through the address guard (`egress.py`), `schedule.py` says what
follows. Redis carries nothing but the news that there is something to do.
"""
