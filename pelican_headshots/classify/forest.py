"""Randomised decision trees, read from the weights file."""

from __future__ import annotations

from ..values.geometry import Value

MISSING_VALUE = -99.0
"""What a measurement counts as that could not be made."""


class Forest(Value, frozen=True):
    """Trees as flat lists, four numbers to a node: feature, threshold, node where it is above, chance.

    Node i's way down where the feature is at most the threshold is node i + 1. A leaf's feature is -1. *chance* is that
    of a headshot among the fitted pictures which came through the node, both kinds weighed alike.
    """

    features: tuple[str, ...]
    trees: tuple[tuple[float, ...], ...]

    def predict(self, features: dict[str, float]) -> tuple[float, dict[str, float]]:
        """Chance of a headshot, and what each measurement added to it on the way down (Saabas), mean of all trees."""
        values = [features.get(name, MISSING_VALUE) for name in self.features]
        probability_sum = 0.0
        contributions: dict[str, float] = {}
        for tree in self.trees:
            node = 0
            while (feature := int(tree[node])) >= 0:
                child = node + 4 if values[feature] <= tree[node + 1] else int(tree[node + 2])
                name = self.features[feature]
                contributions[name] = contributions.get(name, 0.0) + tree[child + 3] - tree[node + 3]
                node = child
            probability_sum += tree[node + 3]
        count = len(self.trees)
        return probability_sum / count, {name: value / count for name, value in contributions.items()}
