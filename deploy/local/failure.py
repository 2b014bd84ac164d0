"""What went wrong, said to a person."""


class Failure(Exception):
    """One French sentence that says what happened and what to do about it."""
