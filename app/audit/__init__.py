"""The audit log: who did what, when and from where. The database takes entries and changes none.

Products are not in it: each change of each of them stands in the journal, with its actor.
"""
