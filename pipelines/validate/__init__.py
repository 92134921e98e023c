"""Whole batches against the Pandera schemas; what fails is an observation with its cell."""
