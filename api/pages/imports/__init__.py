"""Imports: tables taken in, and taken back."""
