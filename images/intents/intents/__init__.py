"""Trains the intent classifier of the website's chat bot."""
