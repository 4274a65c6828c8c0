"""What keeps `make run` from starting, in sentences for the person at the terminal."""


class StartError(Exception):
    """Something cannot be started; the message says what, why and what to do."""


class RefusedError(StartError):
    """Refused before anything ran: a port, a folder or a setting stands in the way."""
