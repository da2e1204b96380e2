"""How much an evaluation may do before it stops or gives up on a value."""

MAX_STEPS = 60_000  # evaluated nodes of one statement of a module, or of one function looked at
MAX_ALL_STEPS = 4_000_000  # of one deployment
MAX_DEPTH = 60  # nested expressions and calls; each level costs several interpreter frames
MAX_ITEMS = 10_000  # elements of one container
MAX_TEXT = 100_000  # characters of one computed string
MAX_LOOP = 2_000  # iterations of one loop


class OutOfBoundsError(Exception):
    """The evaluation reached its limit of steps."""
