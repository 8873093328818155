"""Which instruments are in force where, since when, at which rate?"""
