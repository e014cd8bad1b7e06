"""`mentions service`: the review page and the schedule as services of the system, by systemd or on Windows."""
