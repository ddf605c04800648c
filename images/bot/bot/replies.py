"""What the bot says. Plain functions over the points tables: no channel, no web, no Discord in here."""

from dataclasses import dataclass

from bot.chart import draw
from fleet_models import leveling
from fleet_models.leveling import Standing

GREETING = "Hello from botyard"
TOP = 5  # members in the answer to !top
HELP = (
    "I count points: each message earns some. !rank: where you stand. !top: who leads. !chart: your points over time."
)


@dataclass(frozen=True)
class Reply:
    """One message of the bot's: text, or a picture as PNG. A channel with many readers may leave a quiet one out."""

    text: str = ""
    png: bytes = b""
    quiet: bool = False


def respond(sender: str, name: str, message: str) -> list[Reply]:
    """Gives the sender the points of one message and returns the replies to it."""
    now = leveling.award(sender, name)
    words = message.split()
    command = words[0].lower() if words else ""
    if command == "!rank":
        return [Reply(f"{name}, you are number {now.rank} with {_points(now)}.")]
    if command == "!top":
        lines = [f"{s.rank}. {s.name}: {_points(s)}" for s in leveling.leaderboard(TOP)]
        return [Reply("\n".join(lines))]
    if command == "!chart":
        return [Reply(f"{name}, your points:"), Reply(png=draw(name, leveling.history(sender)))]
    if command.startswith("!"):
        return [Reply(HELP)]
    return [_welcome(name, now)]


def _welcome(name: str, now: Standing) -> Reply:
    if now.points == leveling.points_for(now.level) and now.level > 0:
        return Reply(f"{GREETING}, {name}! You have reached level {now.level}.")
    return Reply(f"{GREETING}, {name}! You have {_points(now)}. Try !help.", quiet=True)


def _points(standing: Standing) -> str:
    return f"{standing.points} points (level {standing.level})"
