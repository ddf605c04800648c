"""A member's points over time, as a picture."""

import io
import threading
from datetime import datetime

# matplotlib keeps a font cache that is not safe to use from two threads at once.
_one_at_a_time = threading.Lock()


def draw(name: str, history: list[tuple[datetime, int]]) -> bytes:
    """The history of leveling.history as PNG, 640 × 360 pixels."""
    with _one_at_a_time:
        # Imported here: it takes a second and 40 MB, and most bots are never asked for a chart.
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 3.6), dpi=100, layout="constrained")
        axes = figure.subplots()
        axes.step(range(1, len(history) + 1), [points for _, points in history], where="post", marker="o")
        # parse_math off: a name with dollar signs is a name, not a formula.
        axes.set_title(f"Points of {name}", parse_math=False)
        axes.set_xlabel("last messages")
        axes.set_ylabel("points")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        return picture.getvalue()
