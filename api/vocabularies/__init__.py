"""Vocabularies of the service: titles of problems and sentences, in English and French, as data."""
