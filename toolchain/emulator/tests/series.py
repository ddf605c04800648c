"""What was published, in short."""

from ministack.services import cloudwatch


def published(namespace, *dimensions):
    """{metric's name: [values]} of what was published with exactly these dimensions ("Name=value")."""
    wanted = "|".join(sorted(dimensions))
    return {name: [point["Value"] for point in points] for (space, name, found), points in cloudwatch._metrics.items()
            if (space, found) == (namespace, wanted)}


def units(namespace):
    """{metric's name: its units}."""
    found = {}
    for (space, name, _), points in cloudwatch._metrics.items():
        if space == namespace:
            found.setdefault(name, set()).update(point["Unit"] for point in points)
    return found
