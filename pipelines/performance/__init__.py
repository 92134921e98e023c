"""Performance evaluation (绩效): its tables and reports read, checked, scored and drafted."""
