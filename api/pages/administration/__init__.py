"""Administration: accounts, keys, audit, settings, models, snapshots and backups."""
