"""Writing workbooks: formats and tables, sheets rendered as they are written, a template filled
many times. Knows no form.
"""
