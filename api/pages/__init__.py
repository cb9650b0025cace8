"""Pages: what people open in a browser, made on the server; they work without scripts and ask nothing of elsewhere."""
