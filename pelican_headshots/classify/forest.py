"""Randomized decision trees, read from the weights file."""

from __future__ import annotations

from ..values.geometry import Value

MISSING_VALUE = -99.0
"""Value of a feature that could not be measured."""


class Forest(Value, frozen=True):
    """Trees as flat lists, with four numbers for each node: feature, threshold, child if above it, probability.

    The child if the feature is not above the threshold follows the node. A leaf's feature is -1. The probability is that
    of a headshot among the training pictures that reached the node, with both kinds weighted equally.
    """

    features: tuple[str, ...]
    trees: tuple[tuple[float, ...], ...]

    def predict(self, features: dict[str, float]) -> tuple[float, dict[str, float]]:
        """Return the probability of a headshot and the contribution of each feature (Saabas' method), means of all trees."""
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
