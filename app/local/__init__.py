"""`make run`: PostgreSQL, Valkey, web and workers on one machine, under one supervisor.

`postgres` and `valkey` are usable on their own, as context managers; the tests
do so. Of a deployment's needs it meets one: where everything has to live in a single
container, the same supervisor runs it there, without the servers (`--no-servers`).
Elsewhere the platform starts the processes, and this package is not imported.
"""
