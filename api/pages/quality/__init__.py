"""Quality: how right the suggestions are, and what decides their order."""
