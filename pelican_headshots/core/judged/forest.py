"""Randomised decision trees, read from the weights file."""

from __future__ import annotations

from ..geometry import Value

MISSING = -99.0
"""What a measurement counts as that could not be made."""


class Forest(Value, frozen=True):
    """Trees as flat lists, four numbers to a node: feature, threshold, node where it is above, chance.

    Node i's way down where the feature is at most the threshold is node i + 1. A leaf's feature is -1. *chance* is that
    of a headshot among the fitted pictures which came through the node, both kinds weighed alike.
    """

    features: tuple[str, ...]
    trees: tuple[tuple[float, ...], ...]

    def read(self, features: dict[str, float]) -> tuple[float, dict[str, float]]:
        """Chance of a headshot, and what each measurement added to it on the way down (Saabas), mean of all trees."""
        values = [features.get(name, MISSING) for name in self.features]
        total = 0.0
        added: dict[str, float] = {}
        for tree in self.trees:
            at = 0
            while (feature := int(tree[at])) >= 0:
                below = at + 4 if values[feature] <= tree[at + 1] else int(tree[at + 2])
                name = self.features[feature]
                added[name] = added.get(name, 0.0) + tree[below + 3] - tree[at + 3]
                at = below
            total += tree[at + 3]
        count = len(self.trees)
        return total / count, {name: value / count for name, value in added.items()}
