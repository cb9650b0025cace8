"""The service around the matcher (next milestone); the engine never imports it."""
