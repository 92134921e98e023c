"""PDF: what is drawn on its pages, put together to the same document that Word and web pages give.

``opening`` opens the file within bounds, ``glyphs`` and ``drawn`` take the characters and lines
off a page, ``ruling``
and ``aligned`` find tables in them, ``layout`` the order of reading, ``joining`` what goes on
over pages, ``reader``
writes the document. Nothing here knows a form or a sentence.
"""
