"""Claims of the papers, judged by machine against the tables that a run computed."""
