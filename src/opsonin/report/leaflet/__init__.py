"""What does the family take home?

A plan goes in; a `Leaflet` comes out: sections of sentences, each with the facts it rests on. The words live in a
message catalogue (`locales`), the pictures in `pictures`, the page in `templates/leaflet.html.j2`.
"""
