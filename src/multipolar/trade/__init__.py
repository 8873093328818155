"""Who sells to whom, how dependent is a place on one supplier, and what comes next?"""
