"""What is known, who says so, and how far it can be trusted.

Tables with schemas as data, a bibliography, assumptions with ranges, corrections, the study's
claims, a workspace for a user's own rows, and the trace from every result back to all of these.
"""
