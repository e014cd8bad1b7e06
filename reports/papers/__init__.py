"""The papers that governance needs before the system goes live, written from what is in force.

`facts.py` gathers what configuration, policy, platforms' terms and the schema say; `records.toml`, `risks.toml`
and `clauses.toml` hold what can be known of neither; `pack.py` makes one page of each paper. What only a person can judge
stands in a box that says so.
"""
