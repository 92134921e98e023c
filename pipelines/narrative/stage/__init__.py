"""The narratives of a run, from the files to their outcomes (``checking.check_narratives``)."""
