"""Training: past collaborations to a fitted model, kept only where it is better on later ones."""
