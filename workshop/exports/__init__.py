"""Each format: report -> bytes. None of them touches the store."""
