"""The words of the field, each with one meaning: places, chemistries, vocabularies, units, money.

Nothing here knows of evidence or models; every other room imports from here.
"""
