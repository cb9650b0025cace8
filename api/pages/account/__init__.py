"""Account: getting in, the first administrator, and what is one's own."""
