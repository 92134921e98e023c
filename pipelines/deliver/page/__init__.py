"""``index.html``: the findings as one page that opens from a share, without a server and without
the network.
"""
