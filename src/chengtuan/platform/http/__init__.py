"""HTTP at the edge: problem documents, who may call, limits, live streams."""
