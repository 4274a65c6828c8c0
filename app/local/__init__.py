"""`make run`: PostgreSQL, Valkey, web and workers on one machine, under one supervisor.

`postgres` and `valkey` are usable on their own, as context managers; the tests
do so. Deliberately absent: anything a deployment needs. There the platform
brings the servers and starts the processes, and this package is not imported.
"""
