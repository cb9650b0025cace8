"""Access: who asks, what each role may do, and how often."""
