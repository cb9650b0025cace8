"""How well it works: measures on data whose right answers are known."""
