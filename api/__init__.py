"""The service around the matcher; the engine never imports it."""
