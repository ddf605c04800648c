"""A chat bot that gives points for messages."""

VERSION = "1.0.0"
