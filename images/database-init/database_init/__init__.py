"""Makes the databases and roles that the services ask for, and keeps each role's password in Secrets Manager."""
