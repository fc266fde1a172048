"""How do people reach it from a terminal?

Takes: words typed. Gives: a library call, rendered. No arithmetic here.
May import: everything.
"""
