"""The leaderboard as JSON."""
