"""CloudWatch: many values of one minute in one datapoint, and many datapoints in little space on disk."""

from corrections import corrects

# Values that a datapoint keeps. Of more than that it keeps so many evenly spaced ones: statistics stay exact,
# percentiles are right to half a percent of the requests.
KEPT = 250


def point(values):
    """The statistics of some values, and values enough for percentiles, as a datapoint's members."""
    ordered = sorted(values)
    last = len(ordered) - 1
    kept = ordered if last < KEPT else [ordered[round(place * last / (KEPT - 1))] for place in range(KEPT)]
    return {"Value": sum(ordered) / len(ordered), "_values": [round(value, 6) for value in kept],
            "_stat": {"SampleCount": len(ordered), "Sum": sum(ordered), "Minimum": ordered[0], "Maximum": ordered[-1]}}


@corrects("cloudwatch:_percentile_samples")
def take_all_values(original, points):
    """A percentile is taken of all values of the period (cloudwatch-statistics-definitions).

    ministack: knows one value for each datapoint, however many there were.
    """
    plain = [one for one in points if "_values" not in one]
    samples = original(plain) if plain else []
    if samples is None:
        return None
    for one in points:
        kept = one.get("_values") or ()
        samples += [(value, one["_stat"]["SampleCount"] / len(kept)) for value in kept]
    return samples or None


def pack(points):
    """The datapoints of one metric as they are saved: what all have in common once, and of each [time, value] and
    what it has besides. Writing them holds up all requests, so it is an eighth of what it would be.
    """
    common = {name: points[0][name] for name in ("Unit", "Dimensions")} if points else {}
    rows = []
    for one in points:
        more = {name: value for name, value in one.items()
                if name not in ("Timestamp", "Value") and common.get(name) != value}
        rows.append([round(one["Timestamp"], 1), one["Value"], *([more] if more else [])])
    return {"common": common, "rows": rows}


def unpack(saved):
    """The datapoints that `pack` was given."""
    return [{"Timestamp": time, "Value": value} | saved["common"] | (more[0] if more else {})
            for time, value, *more in saved["rows"]]
