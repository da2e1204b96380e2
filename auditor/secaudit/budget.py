"""A limit that several walks use up together."""


class Budget:
    """What is left of a limit."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, amount: int = 1) -> bool:
        """Use up a part of it; False when there was not so much left."""
        self.left -= amount
        return self.left >= 0
