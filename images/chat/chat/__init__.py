"""The chat bot of a company's website: it understands an intent and gives its reply."""
