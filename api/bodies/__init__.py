"""Bodies: what requests and answers hold, as pydantic models with worked examples."""
