"""The text of files, as their readers see them. `reading.read_text` is the only way in; it reads and does nothing else."""
